/** Mean-field inference on a grid of binary labels with contrast-sensitive neighbours. */

/** Feature distance at which two neighbours stop pulling at each other, and the total strength of the pull in log odds. */
const contrast = [0.22, 0.07, 0.07] as const;
const strength = 5;
const rounds = 8;

/** Log odds at and below this are certain: such pixels keep 0 and cost nothing. */
export const never = -20;

/**
 * q_i ← σ(ℓ_i + λ Σ_j w_ij (2 q_j − 1) / Σ_j w⁰_ij) over the 24 pixels around i, w_ij = exp(−‖f_i − f_j‖² / 2) / distance in
 * units of `contrast`, w⁰ without the contrast. `logOdds` [size²], `features` [size², 3]; gives q, [size²] in 0 … 1. Source: mean
 * field for Potts models with contrast terms, as in Krähenbühl and Koltun 2011, with near neighbours only. `step` spreads the
 * neighbours in larger pictures.
 */
export function smoothLabels(logOdds: Float32Array, features: Float32Array, size: number, step: number): Float32Array {
  const { active, neighbours, weights } = neighbourhood(logOdds, features, size, step);
  const count = weights.length / Math.max(1, active.length);
  let probabilities = logOdds.map((value) => (value > never ? sigmoid(value) : 0));
  for (let round = 0; round < rounds; round++) {
    const next = new Float32Array(probabilities.length);
    for (let index = 0; index < active.length; index++) {
      let pull = 0;
      for (let at = index * count, end = at + count; at < end; at++) pull += weights[at] * (2 * probabilities[neighbours[at]] - 1);
      next[active[index]] = sigmoid(logOdds[active[index]] + strength * pull);
    }
    probabilities = next;
  }
  return probabilities;
}

/** Pixels that can be either, their neighbours (itself with weight 0 where the picture ends) and the weights of those. */
function neighbourhood(logOdds: Float32Array, features: Float32Array, size: number, step: number) {
  const offsets = neighbourOffsets(step);
  const active = Int32Array.from(logOdds.keys()).filter((pixel) => logOdds[pixel] > never);
  const neighbours = new Int32Array(active.length * offsets.length);
  const weights = new Float32Array(active.length * offsets.length);
  for (let index = 0, at = 0; index < active.length; index++) {
    const pixel = active[index];
    const x = pixel % size;
    const y = Math.floor(pixel / size);
    for (let direction = 0; direction < offsets.length; direction++) {
      const { dx, dy, share } = offsets[direction];
      const isInside = x + dx >= 0 && y + dy >= 0 && x + dx < size && y + dy < size;
      const neighbour = isInside ? pixel + dy * size + dx : pixel;
      neighbours[at] = neighbour;
      weights[at++] = isInside ? share * Math.exp(-squaredContrast(features, pixel, neighbour) / 2) : 0;
    }
  }
  return { active, neighbours, weights };
}

function squaredContrast(features: Float32Array, first: number, second: number): number {
  const light = (features[3 * first] - features[3 * second]) / contrast[0];
  const red = (features[3 * first + 1] - features[3 * second + 1]) / contrast[1];
  const blue = (features[3 * first + 2] - features[3 * second + 2]) / contrast[2];
  return light * light + red * red + blue * blue;
}

function neighbourOffsets(step: number): { dx: number; dy: number; share: number }[] {
  const offsets: { dx: number; dy: number; share: number }[] = [];
  for (let y = -2; y <= 2; y++) {
    for (let x = -2; x <= 2; x++) if (x !== 0 || y !== 0) offsets.push({ dx: x * step, dy: y * step, share: 1 / Math.hypot(x, y) });
  }
  const total = offsets.reduce((sum, { share }) => sum + share, 0);
  return offsets.map((offset) => ({ ...offset, share: offset.share / total }));
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
