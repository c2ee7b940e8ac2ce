/** `faceres` as the judge of identity. */
import { resizeByMatrices, tf, withoutTape, type Tensor } from '../../../framework/device/index.js';
import type { HostTensor } from '../../../framework/index.js';
import { loadPackagedModel } from '../../preprocess/index.js';

export const judgeWidth = 1024;

const inputSize = 224;

/** Means of blue, green and red (0 … 255) that the network was trained with (Caffe's ImageNet means). */
const blueGreenRed = [103.9, 116.8, 123.7];

export interface JudgeNetwork {
  /** float32 [B, S, S, 3], RGB in 0 … 1 → pooled features float32 [B, 1024]. No gradient flows through it. */
  describe(image: Tensor): Tensor;
}

/**
 * HSE-FaceRes (Savchenko, "Efficient facial representations for age, gender and identity recognition", 2019), from
 * `@vladmandic/human`, cut at `global_pooling/Mean`. Its weights are held by `constant`, which the caller disposes of.
 *
 * Differs from the package, which feeds RGB in 0 … 255: with BGR minus the training means the features tell people apart far better.
 */
export function makeJudgeNetwork(constant: (name: string, make: () => HostTensor) => Tensor): JudgeNetwork {
  const model = loadPackagedModel('faceres');
  // The executor takes weights from a map; giving it the caller's constants ties their life to the run's.
  const { executor } = model as unknown as { executor: { weightMap: Record<string, Tensor[]> } };
  const loaded = executor.weightMap;
  executor.weightMap = Object.fromEntries(
    Object.entries(loaded).map(([name, tensors]) => [name, tensors.map((weight, index) => constant(`${name}:${index}`, () => toHost(weight)))]),
  );
  tf.dispose(loaded);
  return {
    describe: (image) => withoutTape(() => tf.tidy(() => {
      const input = resizeByMatrices(image, inputSize, inputSize).mul(255).reverse(3).sub(blueGreenRed);
      return (model.execute(input, 'global_pooling/Mean') as Tensor).reshape([image.shape[0]!, judgeWidth]);
    })),
  };
}

function toHost(weight: Tensor): HostTensor {
  return { dtype: weight.dtype === 'int32' ? 'int32' : 'float32', shape: weight.shape, data: weight.dataSync() as Float32Array };
}
