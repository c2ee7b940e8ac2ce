import { FlowError, type HostTensor } from '../../../framework/index.js';

/**
 * The mesh that a stage was given: posed (`vertices`) or canonical (`shape`).
 *
 * @throws FlowError FLOW_EDGE when not exactly one of the two is connected
 */
export function meshInput(stage: string, inputs: { readonly vertices?: HostTensor; readonly shape?: HostTensor }): Float32Array {
  const given = [inputs.vertices, inputs.shape].filter((mesh) => mesh !== undefined);
  if (given.length !== 1) {
    throw new FlowError('FLOW_EDGE', {
      message: 'A mesh comes in posed, or in its canonical frame.', who: stage,
      expected: 'exactly one of "vertices" and "shape" connected', got: given.length === 0 ? 'neither' : 'both',
    });
  }
  return given[0]!.data as Float32Array;
}
