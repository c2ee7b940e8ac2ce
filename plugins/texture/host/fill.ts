/** Values that are known in places, continued smoothly over the whole picture. */

/** A level is halved until its side is at most this. */
const smallestSide = 2;

/**
 * Push-pull: values are averaged by weight into ever coarser levels until all is known, then each level takes from the coarser one what it
 * does not know itself. Where the weight is 1 the value stays, where it is 0 what is known around flows in without an edge.
 *
 * Source: Gortler et al. 1996 ("The Lumigraph", section 3.4.2), with bilinear steps. Differs: each level may be pulled to zero by a prior
 * whose weight is given, so that what is far from all that is known returns to zero.
 *
 * @param values [T*T*channels], changed in place
 * @param weights [T*T] in [0, 1]
 * @param priorWeight of the value zero at each coarser level
 */
export function fill(values: Float32Array, weights: Float32Array, size: number, channels: number, priorWeight: number): void {
  if (size <= smallestSide || size % 2 !== 0) {
    spreadMean(values, weights, channels);
    return;
  }
  const half = size / 2;
  const coarse = new Float32Array(half * half * channels);
  const coarseWeights = new Float32Array(half * half);
  for (let row = 0; row < half; row++) {
    for (let column = 0; column < half; column++) {
      const to = row * half + column;
      const from = 2 * row * size + 2 * column;
      let sum = 0;
      for (const at of [from, from + 1, from + size, from + size + 1]) {
        const weight = weights[at]!;
        if (weight === 0) continue;
        sum += weight;
        for (let channel = 0; channel < channels; channel++) coarse[to * channels + channel]! += weight * values[at * channels + channel]!;
      }
      if (sum === 0) continue;
      const share = 1 / (sum + 4 * priorWeight);
      for (let channel = 0; channel < channels; channel++) coarse[to * channels + channel]! *= share;
      coarseWeights[to] = sum / 4;
    }
  }
  fill(coarse, coarseWeights, half, channels, priorWeight);
  pull(values, weights, size, channels, coarse);
}

/** v ← w v + (1 − w) v', v' the coarser level between the centres of its pixels. */
function pull(values: Float32Array, weights: Float32Array, size: number, channels: number, coarse: Float32Array): void {
  const half = size / 2;
  for (let row = 0; row < size; row++) {
    const near = (row >> 1) * half;
    const far = Math.min(Math.max((row >> 1) + (row % 2 === 0 ? -1 : 1), 0), half - 1) * half;
    for (let column = 0; column < size; column++) {
      const at = row * size + column;
      const weight = weights[at]!;
      if (weight >= 1) continue;
      const own = column >> 1;
      const other = Math.min(Math.max(own + (column % 2 === 0 ? -1 : 1), 0), half - 1);
      for (let channel = 0; channel < channels; channel++) {
        const inner = 0.75 * coarse[(near + own) * channels + channel]! + 0.25 * coarse[(near + other) * channels + channel]!;
        const outer = 0.75 * coarse[(far + own) * channels + channel]! + 0.25 * coarse[(far + other) * channels + channel]!;
        const i = at * channels + channel;
        values[i] = weight * values[i]! + (1 - weight) * (0.75 * inner + 0.25 * outer);
      }
    }
  }
}

function spreadMean(values: Float32Array, weights: Float32Array, channels: number): void {
  for (let channel = 0; channel < channels; channel++) {
    let [sum, whole] = [0, 0];
    weights.forEach((weight, at) => {
      sum += weight * values[at * channels + channel]!;
      whole += weight;
    });
    const mean = whole > 0 ? sum / whole : 0;
    weights.forEach((weight, at) => (values[at * channels + channel] = weight * values[at * channels + channel]! + (1 - Math.min(weight, 1)) * mean));
  }
}
