import { isHostTensor, type HostTensor } from '../values/host-tensor.js';
import { randomFor } from '../values/random.js';
import { tf, type Tensor } from '../device/index.js';
import { normalTensor, toTensor } from './values.js';

export interface GradientOptions {
  /** Length of the step along the unit direction. */
  readonly epsilon?: number;
  /** Largest |numeric − analytic|, relative to the norm of the gradient. */
  readonly tolerance?: number;
  /** Directions tried for each input. */
  readonly directions?: number;
  readonly seed?: number;
}

/**
 * Asserts that the gradient of `f` is what its values say. With random weights u on the outputs, L = Σ u · f(x) is summed on
 * the host in float64, and for random unit directions v, for each float32 input alone:
 * |(L(x + εv) − L(x − εv)) / 2ε − ⟨∇L, v⟩| ≤ tolerance · ‖∇L‖.
 *
 * @param f a function of tensors; all its outputs count. Its inputs must stay away from kinks by more than ε.
 * @param inputs host tensors, or shapes that are filled with standard normal numbers. Only float32 inputs are checked.
 * @returns the worst relative error.
 * @throws Error naming the input and both slopes.
 */
export async function checkGradient(
  f: (...inputs: Tensor[]) => Tensor | readonly Tensor[],
  inputs: readonly (HostTensor | readonly number[])[],
  options: GradientOptions = {},
): Promise<number> {
  const { epsilon = 1e-2, tolerance = 1e-3, directions = 3, seed = 1 } = options;
  const hosts = inputs.map((input, index) => (isHostTensor(input) ? input : normalTensor(input, seed, index)));
  const differentiated = hosts.flatMap((host, index) => (host.dtype === 'float32' ? [index] : []));
  const weights = weightsFor(await evaluate(f, hosts), seed);
  const gradients = await analyticGradients(f, hosts, differentiated, weights);
  let worst = 0;
  for (const [place, index] of differentiated.entries()) {
    const gradient = gradients[place]!;
    const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    for (let trial = 0; trial < directions; trial++) {
      const direction = unitDirection(gradient.length, seed, index, trial);
      const slope = gradient.reduce((sum, value, element) => sum + value * direction[element]!, 0);
      const ahead = weightedSum(await evaluate(f, moved(hosts, index, direction, epsilon)), weights);
      const behind = weightedSum(await evaluate(f, moved(hosts, index, direction, -epsilon)), weights);
      const numeric = (ahead - behind) / (2 * epsilon);
      const error = Math.abs(numeric - slope) / Math.max(norm, 1e-6);
      if (!(error <= tolerance)) {
        throw new Error(
          `gradient of input ${index} [${hosts[index]!.shape.join(', ')}]: numeric slope ${numeric}, analytic ${slope}, ` +
          `gradient norm ${norm}, relative error ${error.toExponential(2)} > ${tolerance}`,
        );
      }
      worst = Math.max(worst, error);
    }
  }
  return worst;
}

async function evaluate(f: (...inputs: Tensor[]) => Tensor | readonly Tensor[], hosts: readonly HostTensor[]): Promise<Float32Array[]> {
  const outputs = tf.tidy(() => [f(...hosts.map(toTensor))].flat() as Tensor[]);
  const values = await Promise.all(outputs.map((output) => output.data<'float32'>()));
  tf.dispose(outputs);
  return values.map((value) => Float32Array.from(value));
}

async function analyticGradients(
  f: (...inputs: Tensor[]) => Tensor | readonly Tensor[],
  hosts: readonly HostTensor[],
  differentiated: readonly number[],
  weights: readonly Float32Array[],
): Promise<Float32Array[]> {
  const gradients = tf.tidy(() => {
    const tensors = hosts.map(toTensor);
    const weighted = (...variables: Tensor[]): Tensor => {
      const all = [...tensors];
      differentiated.forEach((index, place) => (all[index] = variables[place]!));
      const outputs = [f(...all)].flat() as Tensor[];
      const terms = outputs.map((output, place) => output.mul(tf.tensor(weights[place]!, output.shape)).sum());
      return terms.reduce((sum, term) => sum.add(term));
    };
    return tf.grads(weighted)(differentiated.map((index) => tensors[index]!));
  });
  const values = await Promise.all(gradients.map((gradient) => gradient.data<'float32'>()));
  tf.dispose(gradients);
  return values.map((value) => Float32Array.from(value));
}

function weightsFor(outputs: readonly Float32Array[], seed: number): Float32Array[] {
  return outputs.map((output, place) => {
    const random = randomFor('gradient weights', seed, place);
    return output.map(() => random.normal());
  });
}

function unitDirection(length: number, ...words: readonly number[]): Float64Array {
  const random = randomFor('gradient direction', ...words);
  const direction = Float64Array.from({ length }, () => random.normal());
  const norm = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
  return direction.map((value) => value / norm);
}

function moved(hosts: readonly HostTensor[], index: number, direction: Float64Array, step: number): HostTensor[] {
  return hosts.map((host, place) =>
    place === index
      ? { ...host, data: Float32Array.from(host.data, (value, element) => value + step * direction[element]!) }
      : host,
  );
}

function weightedSum(outputs: readonly Float32Array[], weights: readonly Float32Array[]): number {
  let sum = 0;
  outputs.forEach((output, place) => output.forEach((value, element) => (sum += value * weights[place]![element]!)));
  return sum;
}
