/** A made-up section for tests of the loop: y = x·w + b, squared error, written by hand. */
import { tf, type Tensor } from '../../device/index.js';
import { float32, type HostTensor } from '../../values/host-tensor.js';
import { permutationFor, randomFor } from '../../values/random.js';
import type { DataCursor, DeviceBatch, NamedVariable, TrainBatch, TrainingProgram } from '../program.js';

export const samples = 20;

export function makeProgram(): TrainingProgram & { dispose(): void } {
  const [w, b] = tf.tidy(() => [tf.variable(tf.zeros([3, 1])), tf.variable(tf.zeros([1]))] as const);
  const variables: NamedVariable[] = [{ name: 'line/w', variable: w, trainable: true }, { name: 'line/b', variable: b, trainable: true }];
  return {
    variables,
    valueAndGradients: (batch) => {
      const [x, y] = [upload(batch.inputs['data.x']!), upload(batch.inputs['data.y']!)];
      const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.sub(tf.add(tf.matMul(x as tf.Tensor2D, w as unknown as tf.Tensor2D), b), y))) as tf.Scalar, [w, b]);
      const residual = tf.tidy(() => tf.mean(tf.abs(tf.sub(tf.add(tf.matMul(x as tf.Tensor2D, w as unknown as tf.Tensor2D), b), y)), 1));
      tf.dispose([x, y]);
      return { loss: value, gradients: { 'line/w': grads[w.name]!, 'line/b': grads[b.name]! }, outputs: { 'error.absolute': residual } };
    },
    dispose: () => tf.dispose([w, b]),
  };
}

function upload(value: HostTensor): Tensor {
  return tf.tensor(value.data.slice(), [...value.shape], 'float32');
}

/** x ~ N(0, 1)³, y = x·(1, −2, 3) + 0.5; samples in `poisoned` hold NaN. */
export function batchAt(keys: readonly number[], epoch: number, poisoned: readonly number[] = []): DeviceBatch {
  const x: number[] = [];
  const y: number[] = [];
  for (const key of keys) {
    const random = randomFor('line', key);
    const row = [random.normal(), random.normal(), random.normal()];
    x.push(...row);
    y.push(poisoned.includes(key) ? NaN : row[0]! - 2 * row[1]! + 3 * row[2]! + 0.5);
  }
  return { keys: keys.map((key) => `s${key}`), epoch, inputs: { 'data.x': float32(x, [keys.length, 3]), 'data.y': float32(y, [keys.length, 1]) } };
}

/** Epochs are seeded permutations; a batch is a function of the cursor alone. */
export async function* batchesFrom(start: DataCursor, size: number, poisoned: readonly number[] = []): AsyncGenerator<TrainBatch> {
  let { epoch, position } = start;
  for (;;) {
    const order = [...permutationFor(samples, 'order', epoch)].slice(position, position + size);
    const ends = position + size >= samples;
    const next = ends ? { epoch: epoch + 1, position: 0 } : { epoch, position: position + size };
    yield { ...batchAt(order, epoch, poisoned), next };
    ({ epoch, position } = next);
  }
}
