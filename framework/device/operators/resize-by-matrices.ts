import { tf, type Tensor } from '../tf.js';

/**
 * Bilinear resizing with half-pixel centres as two matrix products, Y = R X Cᵀ for each channel: the same numbers as
 * `tf.image.resizeBilinear(x, [h, w], false, true)`, whose gradient fails for images that are not square. No low-pass filter is
 * applied, so shrink by at most two at a time where aliasing matters.
 *
 * @param image float32 [B, H, W, C].
 * @returns float32 [B, height, width, C].
 */
export function resizeByMatrices(image: Tensor, height: number, width: number): Tensor {
  if (image.rank !== 4) throw new RangeError(`resizeByMatrices: image must be [B, H, W, C], got [${image.shape.join(', ')}]`);
  const [batch, fromHeight, fromWidth, channels] = image.shape as [number, number, number, number];
  return tf.tidy(() => {
    const rows = tf.tensor2d(interpolation(fromHeight, height), [fromHeight, height]);
    const columns = tf.tensor2d(interpolation(fromWidth, width), [fromWidth, width]);
    const byColumn = image.transpose([0, 1, 3, 2]).reshape([batch * fromHeight * channels, fromWidth]);
    const widened = tf.matMul(byColumn, columns).reshape([batch, fromHeight, channels, width]);
    const byRow = widened.transpose([0, 2, 3, 1]).reshape([batch * channels * width, fromHeight]);
    return tf.matMul(byRow, rows).reshape([batch, channels, width, height]).transpose([0, 3, 2, 1]);
  });
}

const matrices = new Map<string, Float32Array>();

/** [from, to] weights: column i holds the two neighbours of (i + ½) · from / to − ½, clamped to the border. */
function interpolation(from: number, to: number): Float32Array {
  const key = `${from}>${to}`;
  const known = matrices.get(key);
  if (known) return known;
  const weights = new Float32Array(from * to);
  for (let index = 0; index < to; index++) {
    const position = Math.max(0, ((index + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(position));
    const high = Math.min(from - 1, low + 1);
    weights[low * to + index]! += 1 - (position - low);
    weights[high * to + index]! += position - low;
  }
  matrices.set(key, weights);
  return weights;
}
