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
      const extents = new Map<string, number | null>();
      if (required.length !== 1 || !fits(required[0]!, from, extents)) return false;
      return Object.values(contract.out as Ports).some((port) => converts(port, to, new Map(extents)));
    })
    .map(({ use }) => use);
}

/** The port is compatible, and says what it means: a stage that passes any meaning through converts nothing. */
function converts(port: PortType, wanted: PlannedPort, extents: Map<string, number | null>): boolean {
  return !port.meaning.startsWith('?') && fits(port, wanted, extents);
}

/** `extents`: what the stage's symbols stand for so far; a symbol that stands for two extents does not fit. */
function fits(port: PortType, planned: PlannedPort, extents: Map<string, number | null>): boolean {
  if (port.kind !== planned.kind || (port.meaning !== planned.meaning && !port.meaning.startsWith('?'))) return false;
  if (port.kind === 'value') return true;
  const shape = planned.shape ?? [];
  return port.dtype === planned.dtype && port.shape.length === shape.length &&
    port.shape.every((dimension, axis) => {
      const extent = shape[axis]!;
      if (typeof dimension === 'number') return extent === null || dimension === extent;
      const known = extents.get(dimension) ?? extent;
      extents.set(dimension, known);
      return extent === null || known === extent;
    });
}
