import type { Ports } from './port-types.js';
import type { DeviceContract } from './stage-types.js';

/**
 * The outputs of a stage: those of its contract and, with `outRest`, one for each further input. Where an input is named
 * like an output of the contract, the name means the latter.
 *
 * @param inputs names of the stage's inputs.
 */
export function outputPortsOf(contract: { readonly in: Ports; readonly out: Ports } & Pick<DeviceContract, 'outRest'>, inputs: readonly string[]): Ports {
  const { outRest } = contract;
  if (!outRest) return contract.out;
  const further = inputs.filter((name) => !Object.hasOwn(contract.in, name) && !Object.hasOwn(contract.out, name));
  return { ...contract.out, ...Object.fromEntries(further.map((name) => [name, outRest])) };
}
