import { FlowError } from '../errors/flow-error.js';
import type { Dimension, Ports } from './port-types.js';
import type { StageContract } from './stage-types.js';

/**
 * Checks what the compiler cannot: that options are an object schema, that ports of device stages are tensors, and that every
 * dotted dimension names an option or a declared resource slot. Throws FLOW_PLUGIN.
 */
export function checkContract(use: string, contract: StageContract): void {
  const fail = (message: string, expected: string): never => {
    throw new FlowError('FLOW_PLUGIN', { who: use, message, expected });
  };
  if (!['source', 'host', 'device', 'sink'].includes(contract.kind)) fail('the stage type has no kind', 'a contract made by defineSource, defineHost, defineDevice or defineSink');
  if (contract.options?.type !== 'object') fail('the options are not an object schema', 'options: Type.Object({ … })');
  // Plugins may be plain JavaScript, which no compiler holds to the contract's type.
  for (const side of ['in', 'out'] as const) {
    if (typeof contract[side] !== 'object' || contract[side] === null) fail(`the contract has no \`${side}\``, `${side}: { name: tensor(dtype, shape, meaning) }, or ${side}: {} for no ports`);
  }
  if (contract.kind === 'device' && contract.outRest && !contract.inRest) fail('there is `outRest` without `inRest`', 'inRest: tensor(dtype, shape, meaning)');
  if (contract.kind === 'device' && contract.cacheable && (contract.trainable || contract.draws)) {
    fail('a cacheable stage has variables or random inputs', 'a function of its inputs, options and resources alone');
  }
  const slots = Object.keys(contract.resources ?? {});
  for (const [name, port] of allPorts(contract)) {
    if (contract.kind === 'device' && port.kind !== 'tensor') fail(`the port "${name}" of a device stage is not a tensor`, 'tensor(dtype, shape, meaning)');
    if (port.kind !== 'tensor') continue;
    for (const dimension of port.shape) {
      if (!isDimension(dimension, slots)) {
        fail(`the port "${name}" has the dimension ${JSON.stringify(dimension)}`, 'a whole number, a symbol such as "H", "with.option", or "slot.dimension" of a declared resource slot');
      }
    }
  }
}

function allPorts(contract: StageContract): [string, Ports[string]][] {
  const draws: Ports = contract.kind === 'device' ? (contract.draws ?? {}) : {};
  const rest: [string, Ports[string]][] = contract.inRest ? [['further inputs', contract.inRest]] : [];
  const restOut: [string, Ports[string]][] = contract.kind === 'device' && contract.outRest ? [['outputs of further inputs', contract.outRest]] : [];
  return [...Object.entries(contract.in as Ports), ...Object.entries(contract.out as Ports), ...Object.entries(draws), ...rest, ...restOut];
}

function isDimension(dimension: Dimension, slots: readonly string[]): boolean {
  if (typeof dimension === 'number') return Number.isInteger(dimension) && dimension >= 0;
  const [head, ...rest] = dimension.split('.');
  return rest.length === 0 ? head !== '' : head === 'with' || slots.includes(head!);
}
