import { test } from 'uvu';
import { float32, type HostTensor } from '../../../framework/index.js';
import { tf, useEngine } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, runDeviceStage, testOperator, testStage, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { segmentation } from '../contracts/segmentation.js';
import { crossEntropy, softDice } from '../maths/segmentation.js';

const shape = [2, 3, 5, 1] as const;
const logits = normalTensor(shape, 'logits');
const mask = float32(Float32Array.from({ length: 30 }, (_, index) => [0, 1, 0.5, 1, 0][index % 5]!), shape);
const weight = float32(Float32Array.from({ length: 30 }, (_, index) => [1, 0, 0.3, 2][index % 4]!), shape);

/** Both losses of one sample in float64, term by term as their definitions say. */
function reference(sample: number): { entropy: number; dice: number } {
  let [entropy, total, both, either] = [0, 0, 0, 0];
  for (let pixel = 15 * sample; pixel < 15 * sample + 15; pixel++) {
    const [p, t, w] = [1 / (1 + Math.exp(-logits.data[pixel]!)), mask.data[pixel]!, weight.data[pixel]!];
    entropy -= w * (t * Math.log(p) + (1 - t) * Math.log(1 - p));
    total += w;
    both += w * p * t;
    either += w * (p + t);
  }
  return { entropy: entropy / total, dice: 1 - (2 * both + 1) / (either + 1) };
}

const sampleOf = ({ data, shape: [, ...rest] }: HostTensor, index: number): HostTensor => float32(data.slice(15 * index, 15 * index + 15) as Float32Array, [1, ...rest]);

for (const [name, loss, part] of [['crossEntropy', crossEntropy, 'entropy'], ['softDice', softDice, 'dice']] as const) {
  const run = (...hosts: HostTensor[]): tf.Tensor => tf.tidy(() => (loss as (...inputs: tf.Tensor[]) => tf.Tensor)(...hosts.map(toTensor)));
  testOperator(name, {
    runs: () => run(logits, mask).dispose(),
    shapes: () => {
      const value = run(logits, mask, weight);
      close(float32(value.shape, [1]), float32([2], [1]));
      value.dispose();
    },
    refuses: { skip: 'shapes are checked by the ports' },
    values: () => {
      const value = run(logits, mask, weight);
      close(value, float32([reference(0)[part], reference(1)[part]], [2]), { rtol: 1e-5, atol: 1e-6 });
      value.dispose();
    },
    gradient: async () => void (await checkGradient((x) => tf.tidy(() => loss(x, toTensor(mask), toTensor(weight))), [logits])),
    batch: () => tf.tidy(() => close(tf.concat([0, 1].map((index) => run(...[logits, mask, weight].map((host) => sampleOf(host, index))))), run(logits, mask, weight))),
  });
}

test('huge logits cost what they are wrong by, and pixels of weight 0 cost nothing', () => tf.tidy(() => {
  const wrong = tf.tensor4d([1000, -1000], [1, 1, 2, 1]);
  const truth = tf.tensor4d([0, 1], [1, 1, 2, 1]);
  close(crossEntropy(wrong, truth), float32([1000], [1]));
  close(crossEntropy(wrong, truth, tf.zeros([1, 1, 2, 1])), float32([0], [1]));
  close(softDice(tf.fill([1, 1, 2, 1], -50), tf.zeros([1, 1, 2, 1])), float32([0], [1]));
}));

test('negatives weigh what lies outside of the mask in the cross-entropy', async () => {
  await useEngine('wasm');
  const inputs = { logits: float32([1, -2, 3, 0.5], [1, 2, 2, 1]), mask: float32([1, 0, 0, 1], [1, 2, 2, 1]) };
  const { value } = await runDeviceStage(segmentation, { inputs, options: { negatives: 3, dice: 0 } });
  const costs = [Math.log1p(Math.exp(-1)), Math.log1p(Math.exp(-2)), Math.log1p(Math.exp(3)), Math.log1p(Math.exp(-0.5))] as const;
  close(value!, float32([(costs[0] + 3 * costs[1] + 3 * costs[2] + costs[3]) / 8], [1]));
});

const square = [2, 4, 4, 1];
testStage('losses/segmentation', segmentation, {
  inputs: { logits: normalTensor(square, 'logits'), mask: uniformTensor(square, 0, 1, 'm'), weight: uniformTensor(square, 0, 1, 'w') },
});

test.run();
