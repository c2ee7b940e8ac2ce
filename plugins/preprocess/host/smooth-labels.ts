/** Mean-field inference on a grid of binary labels with contrast-sensitive neighbours. */

/** Feature distance at which two neighbours stop pulling at each other, and the total strength of the pull in log odds. */
const contrast = [0.22, 0.07, 0.07] as const;
const strength = 5;
const rounds = 8;

/**
 * q_i ← σ(ℓ_i + λ Σ_j w_ij (2 q_j − 1) / Σ_j w⁰_ij) over the 24 pixels around i, w_ij = exp(−‖f_i − f_j‖² / 2) / distance in
 * units of `contrast`, w⁰ without the contrast. `logOdds` [size²], `features` [size², 3]; gives q, [size²] in 0 … 1. Source: mean
 * field for Potts models with contrast terms, as in Krähenbühl and Koltun 2011, with near neighbours only. `step` spreads the
 * neighbours in larger pictures.
 */
export function smoothLabels(logOdds: Float32Array, features: Float32Array, size: number, step: number): Float32Array {
  const offsets = neighbourOffsets(step);
  const weights = pairWeights(features, size, offsets);
  let probabilities = logOdds.map(sigmoid);
  for (let round = 0; round < rounds; round++) {
    const next = new Float32Array(probabilities.length);
    for (let pixel = 0; pixel < next.length; pixel++) {
      let pull = 0;
      offsets.forEach(({ dx, dy }, index) => {
        const weight = weights[pixel * offsets.length + index];
        if (weight > 0) pull += weight * (2 * probabilities[pixel + dy * size + dx] - 1);
      });
      next[pixel] = sigmoid(logOdds[pixel] + strength * pull);
    }
    probabilities = next;
  }
  return probabilities;
}

interface Offset {
  readonly dx: number;
  readonly dy: number;
  readonly share: number;
}

function neighbourOffsets(step: number): Offset[] {
  const offsets: { dx: number; dy: number; share: number }[] = [];
  for (let y = -2; y <= 2; y++) {
    for (let x = -2; x <= 2; x++) if (x !== 0 || y !== 0) offsets.push({ dx: x * step, dy: y * step, share: 1 / Math.hypot(x, y) });
  }
  const total = offsets.reduce((sum, { share }) => sum + share, 0);
  return offsets.map((offset) => ({ ...offset, share: offset.share / total }));
}

function pairWeights(features: Float32Array, size: number, offsets: readonly Offset[]): Float32Array {
  const weights = new Float32Array(size * size * offsets.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      offsets.forEach(({ dx, dy, share }, index) => {
        if (x + dx < 0 || y + dy < 0 || x + dx >= size || y + dy >= size) return;
        const [here, there] = [3 * (y * size + x), 3 * ((y + dy) * size + x + dx)];
        let distance = 0;
        for (let axis = 0; axis < 3; axis++) distance += ((features[here + axis] - features[there + axis]) / contrast[axis]) ** 2;
        weights[(y * size + x) * offsets.length + index] = share * Math.exp(-distance / 2);
      });
    }
  }
  return weights;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
