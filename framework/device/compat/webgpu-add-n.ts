/** `addN` on webgpu: TensorFlow.js binds all its inputs at once, and a device promises no more than eight arrays in a kernel. */
import { tf, type Tensor } from '../tf.js';
import { replaceKernel } from './registry.js';
import { asTensor, kernelOf } from './stock-kernels.js';

/** With the sum of those before and the result: eight. */
const most = 6;

export function registerWebgpuAddN(): void {
  const stock = kernelOf('AddN', 'webgpu');
  replaceKernel('AddN', 'webgpu', ({ inputs, backend }) => {
    const terms = (inputs as unknown as readonly tf.TensorInfo[]).map(asTensor);
    if (terms.length <= most) return stock({ inputs: inputs, attrs: {}, backend });
    return tf.tidy(() => {
      let sum: Tensor | undefined;
      for (let first = 0; first < terms.length; first += most) {
        const part = [...(sum ? [sum] : []), ...terms.slice(first, first + most)];
        sum = asTensor(stock({ inputs: part as never, attrs: {}, backend }));
      }
      return sum!;
    });
  });
}
