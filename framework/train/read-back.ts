/** From the tensors of a step to numbers. */
import { tf, type Tensor } from '../device/index.js';
import { loggable } from '../run/metrics.js';
import type { LossAndGradients } from './program.js';

/** Reads a scalar and frees it. */
export async function scalar(tensor: Tensor): Promise<number> {
  const value = (await tensor.data())[0]!;
  tensor.dispose();
  return value;
}

/** Reads scalars by name and frees them. */
export async function scalars(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const [name, tensor] of Object.entries(tensors)) values[name] = await scalar(tensor);
  return values;
}

/** Numbers as JSON can hold them: null for what is not finite. */
export function mapLoggable(values: Readonly<Record<string, number>>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, loggable(value)]));
}

/** Frees a step that is not taken. */
export function disposeResult(result: LossAndGradients): void {
  tf.dispose([result.loss, ...Object.values(result.gradients), ...Object.values(result.outputs)]);
}
