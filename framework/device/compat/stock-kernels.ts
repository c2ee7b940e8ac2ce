/** The kernels that came with a backend, kept before they are replaced, and tensors around what kernels return. */
import { tf, type Tensor } from '../tf.js';

export type StockKernel = (call: {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: object;
  readonly backend: object;
}) => tf.TensorInfo;

/** The kernel as it is registered now. Throws RangeError when there is none. */
export function kernelOf(kernelName: string, backendName: string): StockKernel {
  const config = tf.getKernel(kernelName, backendName);
  if (!config) throw new RangeError(`TensorFlow.js has no kernel ${kernelName} on ${backendName}`);
  return config.kernelFunc as unknown as StockKernel;
}

/** Inside a kernel, inputs are tensors when an op called it and plain infos when another kernel did. */
export function asTensor(info: tf.TensorInfo): Tensor {
  return info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info);
}
