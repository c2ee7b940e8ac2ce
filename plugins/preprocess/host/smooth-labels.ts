/** Mean-field inference on a grid of binary labels with contrast-sensitive neighbours. */

/** Feature distance at which two neighbours stop pulling at each other, and the total strength of the pull in log odds. */
const contrast = [0.22, 0.07, 0.07] as const;
const strength = 5;
const rounds = 8;

/** Log odds at and below this are certain: such pixels keep 0 and cost nothing. */
export const never = -20;

/**
 * q_i ← σ(ℓ_i + λ Σ_j w_ij (2 q_j − 1) / Σ_j w⁰_ij) over the pixels around i that are at most two pixels of a picture of 112 away in
 * either direction, w_ij = exp(−‖f_i − f_j‖² / 2) / distance in units of `contrast`, w⁰ without the contrast. `logOdds` [size²], `features`
 * [size², 3]; gives q, [size²] in 0 … 1. Source: mean field for Potts models with contrast terms, as in Krähenbühl and Koltun 2011,
 * with near neighbours only: 24 of them, spread in larger pictures, and the 8 that touch in smaller ones.
 */
export function smoothLabels(logOdds: Float32Array, features: Float32Array, size: number): Float32Array {
  const { active, count, neighbours, weights } = neighbourhood(logOdds, features, size);
  let probabilities = new Float32Array(logOdds.length);
  for (const pixel of active) probabilities[pixel] = sigmoid(logOdds[pixel]);
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
function neighbourhood(logOdds: Float32Array, features: Float32Array, size: number) {
  const offsets = neighbourOffsets(size);
  const count = offsets.length;
  const active = Int32Array.from(logOdds.keys()).filter((pixel) => logOdds[pixel] > never);
  const neighbours = new Int32Array(active.length * count);
  const weights = new Float32Array(active.length * count);
  for (let index = 0, at = 0; index < active.length; index++) {
    const pixel = active[index];
    const x = pixel % size;
    const y = Math.floor(pixel / size);
    for (let direction = 0; direction < count; direction++) {
      const { dx, dy, share } = offsets[direction];
      const isInside = x + dx >= 0 && y + dy >= 0 && x + dx < size && y + dy < size;
      const neighbour = isInside ? pixel + dy * size + dx : pixel;
      neighbours[at] = neighbour;
      weights[at++] = isInside ? share * Math.exp(-squaredContrast(features, pixel, neighbour) / 2) : 0;
    }
  }
  return { active, count, neighbours, weights };
}

function squaredContrast(features: Float32Array, first: number, second: number): number {
  const light = (features[3 * first] - features[3 * second]) / contrast[0];
  const red = (features[3 * first + 1] - features[3 * second + 1]) / contrast[1];
  const blue = (features[3 * first + 2] - features[3 * second + 2]) / contrast[2];
  return light * light + red * red + blue * blue;
}

function neighbourOffsets(size: number): { dx: number; dy: number; share: number }[] {
  const reach = size < 84 ? 1 : 2;
  const step = Math.max(1, Math.round(size / 112));
  const offsets: { dx: number; dy: number; share: number }[] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) if (x !== 0 || y !== 0) offsets.push({ dx: x * step, dy: y * step, share: 1 / Math.hypot(x, y) });
  }
  const total = offsets.reduce((sum, { share }) => sum + share, 0);
  return offsets.map((offset) => ({ ...offset, share: offset.share / total }));
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
