/** Stage types that would turn one port's type into another's: the cure of a type conflict. */
import type { PortType, Ports } from '../plugin/port-types.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { PlannedPort } from './plan.js';

/** `plugin/type` of every host or device stage that takes `from` as its only required input and gives `to`. */
export function findConverters(registry: PluginRegistry, from: PlannedPort, to: PlannedPort): string[] {
  return registry.stages
    .filter(({ contract }) => contract.kind === 'host' || contract.kind === 'device')
    .filter(({ contract }) => {
      const required = Object.values(contract.in as Ports).filter((port) => !port.optional);
      const gives = Object.values(contract.out as Ports).some((port) => converts(port, to));
      return required.length === 1 && fits(required[0]!, from) && gives;
    })
    .map(({ use }) => use);
}

/** The port is compatible, and says what it means: a stage that passes any meaning through converts nothing. */
function converts(port: PortType, wanted: PlannedPort): boolean {
  return !port.meaning.startsWith('?') && fits(port, wanted);
}

function fits(port: PortType, planned: PlannedPort): boolean {
  if (port.kind !== planned.kind || (port.meaning !== planned.meaning && !port.meaning.startsWith('?'))) return false;
  if (port.kind === 'value') return true;
  const shape = planned.shape ?? [];
  return port.dtype === planned.dtype && port.shape.length === shape.length &&
    port.shape.every((dimension, axis) => typeof dimension === 'string' || shape[axis] === null || dimension === shape[axis]);
}
