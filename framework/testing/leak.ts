import { tf } from '../device/index.js';

/**
 * Runs `body` and asserts that no tensor is left behind. Tensors that are made once and kept (constants, variables) belong
 * before the call.
 *
 * @throws Error with the number of tensors and bytes left.
 */
export async function expectNoLeak<T>(body: () => T | Promise<T>): Promise<T> {
  const before = tf.memory();
  const result = await body();
  const after = tf.memory();
  const left = after.numTensors - before.numTensors;
  if (left !== 0) throw new Error(`${left} tensors (${after.numBytes - before.numBytes} bytes) were left behind`);
  return result;
}
