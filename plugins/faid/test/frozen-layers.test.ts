/** The frozen layers against TensorFlow.js's own ones and their gradients, on odd and even, non-square images. */
import * as assert from 'uvu/assert';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../../framework/testing/index.js';
import { frozenConvolution, type ConvolutionLayer, type MakeConstant } from '../networks/frozen-convolution.js';
import { frozenDepthwise } from '../networks/frozen-depthwise.js';
import { averagePool, maxPool } from '../networks/pooling.js';

type Layer = (x: Tensor) => Tensor;

/** Constants of a test live in its scope. */
const constant: MakeConstant = (_name, make) => toTensor(make());
const shapes = [[2, 8, 11, 3], [1, 9, 7, 3], [2, 12, 12, 3]];

/** Values and input gradients of both agree, up to float32 sums in another order. */
function agree(ours: Layer, theirs: Layer, shape: number[]): void {
  tf.tidy(() => {
    const x = toTensor(normalTensor(shape));
    const y = theirs(x);
    close(ours(x), y, { atol: 1e-4 });
    const weights = toTensor(normalTensor(y.shape, 'weights'));
    const slope = (layer: Layer): Tensor => tf.grad((input: Tensor) => tf.sum(tf.mul(layer(input), weights)))(x);
    close(slope(ours), slope(theirs), { atol: 1e-4 });
  });
}

/** Checks the gradient of a layer whose constants outlive each call. */
async function checkLayer(layerOf: (make: MakeConstant) => Layer): Promise<void> {
  const kept: Tensor[] = [];
  const layer = layerOf((_name, make) => {
    kept.push(toTensor(make()));
    return kept.at(-1)!;
  });
  await checkGradient(layer, [[2, 7, 10, 3]]);
  tf.dispose(kept);
}

const cases: readonly { readonly kernel: number; readonly layer: ConvolutionLayer }[] = [
  { kernel: 3, layer: { stride: 1, padding: 'same', relu: true } }, { kernel: 3, layer: { stride: 2, padding: 'same', relu: false } },
  { kernel: 3, layer: { stride: 2, padding: 'valid', relu: true } }, { kernel: 7, layer: { stride: 2, padding: 'valid', relu: false } },
  { kernel: 1, layer: { stride: 2, padding: 'same', relu: false } }, { kernel: 1, layer: { stride: 1, padding: 'same', relu: true } },
  { kernel: 3, layer: { stride: 1, padding: 'valid', relu: false } },
];

const build = (kernel: number, layer: ConvolutionLayer, make = constant): Layer =>
  frozenConvolution(make, 'layer', normalTensor([kernel, kernel, 3, 5]), Float32Array.of(0.3, -0.2, 0, 1, -1), layer);

testOperator('frozenConvolution', {
  runs: () => tf.tidy(() => void build(3, cases[0]!.layer)(tf.zeros([1, 5, 5, 3]))),
  shapes: () => tf.tidy(() => assert.equal(build(3, cases[1]!.layer)(tf.zeros([2, 7, 10, 3])).shape, [2, 4, 5, 5])),
  refuses: { skip: 'it is built from weights that are checked when they are read' },
  values: () => {
    for (const { kernel, layer } of cases) {
      for (const shape of shapes) {
        tf.tidy(() => {
          const theirs = (x: Tensor): Tensor => {
            const filter = toTensor(normalTensor([kernel, kernel, 3, 5]));
            const y = tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, layer.stride, layer.padding), tf.tensor1d([0.3, -0.2, 0, 1, -1]));
            return layer.relu ? tf.relu(y) : y;
          };
          agree(build(kernel, layer), theirs, shape);
        });
      }
    }
  },
  gradient: () => checkLayer((make) => build(3, { stride: 2, padding: 'same', relu: false }, make)),
  batch: () =>
    tf.tidy(() => {
      const [layer, x] = [build(3, cases[2]!.layer), toTensor(normalTensor([3, 9, 7, 3]))];
      close(layer(x), tf.concat(tf.split(x, 3).map(layer), 0));
    }),
});

testOperator('frozenDepthwise', {
  runs: () => tf.tidy(() => void frozenDepthwise(constant, 'layer', normalTensor([3, 3, 3, 1]), 1)(tf.zeros([1, 5, 5, 3]))),
  shapes: () => tf.tidy(() => assert.equal(frozenDepthwise(constant, 'layer', normalTensor([3, 3, 3, 1]), 2)(tf.zeros([2, 7, 10, 3])).shape, [2, 4, 5, 3])),
  refuses: { skip: 'it is built from weights that are checked when they are read' },
  values: () => {
    for (const stride of [1, 2] as const) {
      for (const shape of shapes) {
        tf.tidy(() => {
          const filter = normalTensor([3, 3, 3, 1]);
          agree(frozenDepthwise(constant, 'layer', filter, stride), (x) => tf.depthwiseConv2d(x as tf.Tensor4D, toTensor(filter) as tf.Tensor4D, stride, 'same'), shape);
        });
      }
    }
  },
  gradient: () => checkLayer((make) => frozenDepthwise(make, 'layer', normalTensor([3, 3, 3, 1]), 2)),
  batch: () =>
    tf.tidy(() => {
      const [layer, x] = [frozenDepthwise(constant, 'layer', normalTensor([3, 3, 3, 1]), 1), toTensor(normalTensor([3, 9, 7, 3]))];
      close(layer(x), tf.concat(tf.split(x, 3).map(layer), 0));
    }),
});

testOperator('maxPool and averagePool', {
  runs: () => tf.tidy(() => void averagePool(maxPool(tf.zeros([1, 9, 9, 2]), 'same'))),
  shapes: () =>
    tf.tidy(() => {
      assert.equal(maxPool(tf.zeros([1, 9, 12, 2]), 'same').shape, [1, 5, 6, 2]);
      assert.equal(maxPool(tf.zeros([1, 9, 12, 2]), 'valid').shape, [1, 4, 5, 2]);
      assert.equal(averagePool(tf.zeros([1, 9, 12, 2])).shape, [1, 4, 6, 2]);
    }),
  refuses: { skip: 'inner layers of a network' },
  values: () => {
    for (const shape of shapes) {
      agree((x) => maxPool(x, 'same'), (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'), shape);
      agree((x) => maxPool(x, 'valid'), (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'valid'), shape);
      agree(averagePool, (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'), shape);
    }
  },
  gradient: async () => void (await checkGradient(averagePool, [[2, 7, 10, 3]])),
  batch: () =>
    tf.tidy(() => {
      const x = toTensor(normalTensor([3, 9, 7, 3]));
      close(maxPool(x, 'same'), tf.concat(tf.split(x, 3).map((each) => maxPool(each, 'same')), 0));
    }),
});
