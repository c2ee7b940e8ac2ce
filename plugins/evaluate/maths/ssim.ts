import { tf, type Tensor } from '../../../framework/device/index.js';

/** Side of the window in pixels, and its standard deviation. */
export const ssimWindow = 11;
const sigma = 1.5;
const c1 = 0.01 ** 2;
const c2 = 0.03 ** 2;

/**
 * SSIM(p) = (2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2)) with an 11 × 11 Gaussian window (σ = 1.5),
 * C1 = 0.01², C2 = 0.03² for colours in 0 … 1; for each channel, then the mean over channels and over the region.
 *
 * Only windows that lie wholly inside the picture count ("valid"), as in the authors' code; windows at the region's edge see pixels
 * outside it. Source: Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004. Differs: the
 * authors use grey pictures and the whole picture.
 *
 * @param image float32 [B, H, W, C], H and W at least 11.
 * @param reference float32 [B, H, W, C].
 * @param region float32 [B, H, W, 1], weights ≥ 0.
 * @returns float32 [B], −1 … 1; 0 where the region is empty.
 * @throws Error when the shapes differ or a side is below 11.
 */
export function ssim(image: Tensor, reference: Tensor, region: Tensor): Tensor {
  tf.util.assertShapesMatch(image.shape, reference.shape, 'ssim: image and reference: ');
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  if (height < ssimWindow || width < ssimWindow) {
    throw new RangeError(`ssim: the image must be at least ${ssimWindow} × ${ssimWindow} px, got ${height} × ${width}`);
  }
  return tf.tidy(() => {
    const planes = (x: Tensor): Tensor => x.transpose([0, 3, 1, 2]).reshape([batch * channels, height, width, 1]);
    const [x, y] = [planes(image), planes(reference)];
    const [meanX, meanY] = [blur(x), blur(y)];
    const varianceX = blur(x.square()).sub(meanX.square());
    const varianceY = blur(y.square()).sub(meanY.square());
    const covariance = blur(x.mul(y)).sub(meanX.mul(meanY));
    const map = meanX.mul(meanY).mul(2).add(c1).mul(covariance.mul(2).add(c2))
      .div(meanX.square().add(meanY.square()).add(c1).mul(varianceX.add(varianceY).add(c2)));
    const [rows, columns] = [height - ssimWindow + 1, width - ssimWindow + 1];
    const border = (ssimWindow - 1) / 2;
    const weights = region.slice([0, border, border, 0], [batch, rows, columns, 1]).reshape([batch, 1, rows, columns]);
    const total = map.reshape([batch, channels, rows, columns]).mul(weights).sum([1, 2, 3]);
    return total.div(weights.sum([1, 2, 3]).mul(channels).maximum(1e-12));
  });
}

/** The Gaussian window over [N, H, W, 1], as a column and a row. */
function blur(planes: Tensor): Tensor {
  const weights = Array.from({ length: ssimWindow }, (_, tap) => Math.exp(-((tap - (ssimWindow - 1) / 2) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const taps = weights.map((weight) => weight / sum);
  const vertical = tf.conv2d(planes as tf.Tensor4D, tf.tensor4d(taps, [ssimWindow, 1, 1, 1]), 1, 'valid');
  return tf.conv2d(vertical, tf.tensor4d(taps, [1, ssimWindow, 1, 1]), 1, 'valid');
}
