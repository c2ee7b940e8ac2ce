/** The kernels of Adam for GPUs. Sums are float32 here: a norm beyond 1e19 counts as not finite. */
import type { KernelOutput, WgslForm } from '../device/index.js';

export interface UpdateAttributes {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** 1 − β₁ᵗ and 1 − β₂ᵗ. */
  readonly correction1: number;
  readonly correction2: number;
}

const sizeOf = ({ shape }: KernelOutput): number => shape.reduce((product, extent) => product * extent, 1);

/** Threads that sum a part of a variable each. */
const parts = 256;

export const normWgsl: WgslForm<object> = ({ inputs: [x] }) => ({
  results: ['norm'],
  integers: { size: sizeOf(x!) },
  scratch: { sums: { type: 'f32', size: parts } },
  passes: [
    {
      count: parts,
      code: `fn run(index: i32) {
        var sum = 0.0;
        for (var at = index; at < u.size; at += ${parts}) { sum += x[at] * x[at]; }
        sums[index] = sum;
      }`,
    },
    {
      count: 1,
      code: `fn run(index: i32) {
        var sum = 0.0;
        for (var part = 0; part < ${parts}; part++) { sum += sums[part]; }
        norm[0] = sqrt(sum);
      }`,
    },
  ],
});

export const gateWgsl: WgslForm<{ readonly clipNorm: number }> = ({ inputs: [norms], attributes: { clipNorm } }) => ({
  results: ['gate'],
  integers: { variables: sizeOf(norms!) },
  numbers: { clipNorm },
  passes: [{
    count: 1,
    // By its bits, since a shader compiler may take it for granted that every number is finite.
    code: `fn finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }
    fn run(index: i32) {
      var sum = 0.0;
      var sound = finite(loss[0]);
      for (var i = 0; i < u.variables; i++) { sum += norms[i] * norms[i]; sound = sound && finite(norms[i]); }
      let length = sqrt(sum);
      gate[0] = select(0.0, 1.0, sound && finite(sum));
      gate[1] = length;
      gate[2] = select(1.0, u.clipNorm / length, u.clipNorm > 0 && length > u.clipNorm);
    }`,
  }],
});

export const updateWgsl: WgslForm<UpdateAttributes> = ({ inputs: [weight], attributes }) => {
  const { rate, beta1, beta2, epsilon, correction1, correction2 } = attributes;
  return {
    results: ['newWeight', 'newFirst', 'newSecond'],
    numbers: {
      rate: rate / correction1, root: 1 / Math.sqrt(correction2), beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, epsilon,
    },
    passes: [{
      count: sizeOf(weight!),
      code: `fn run(index: i32) {
        newWeight[index] = weight[index];
        newFirst[index] = first[index];
        newSecond[index] = second[index];
        if (gate[0] == 0.0) { return; }
        let slope = gradient[index] * gate[2];
        let mean = u.beta1 * first[index] + u.rest1 * slope;
        let square = u.beta2 * second[index] + u.rest2 * slope * slope;
        newFirst[index] = mean;
        newSecond[index] = square;
        newWeight[index] = weight[index] - u.rate * mean / (sqrt(square) * u.root + u.epsilon);
      }`,
    }],
  };
};
