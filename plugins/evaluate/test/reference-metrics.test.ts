/*
 * PSNR and SSIM of colour pictures, over the whole picture and over a region, against scikit-image 0.26.0:
 *   h, w = 23, 31; i = np.arange(h * w * 3)
 *   x = np.float32(0.5 + 0.4 * np.sin(0.37 * i)).astype(float).reshape(h, w, 3)
 *   y = np.float32(np.clip(x.ravel() + 0.15 * np.sin(1.7 * i + 1), 0, 1)).astype(float).reshape(h, w, 3)
 *   inside = np.add.outer((np.arange(h) - 11) ** 2, (np.arange(w) - 15) ** 2) < 81
 *   ssim, m = structural_similarity(x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, channel_axis=2, full=True)
 *   core = (slice(5, -5), slice(5, -5))
 *   peak_signal_noise_ratio(x, y, data_range=1), peak_signal_noise_ratio(x[inside], y[inside], data_range=1), ssim, m[core][inside[core]].mean()
 * Its window is ours: 11 × 11, σ 1.5, K 0.01 and 0.03; its mean leaves out the same border of 5 px.
 */
import { suite } from 'uvu';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { close, onEngines } from '../../../framework/testing/index.js';
import { psnr } from '../maths/psnr.js';
import { ssim } from '../maths/ssim.js';

const [height, width] = [23, 31];
const first = Float32Array.from({ length: height * width * 3 }, (_, i) => 0.5 + 0.4 * Math.sin(0.37 * i));
const second = first.map((value, i) => Math.min(1, Math.max(0, value + 0.15 * Math.sin(1.7 * i + 1))));
const inside = Float32Array.from({ length: height * width }, (_, i) => ((Math.floor(i / width) - 11) ** 2 + ((i % width) - 15) ** 2 < 81 ? 1 : 0));

const test = suite('scikit-image');
const check = onEngines(test);
const measure = (metric: (x: Tensor, y: Tensor, region: Tensor) => Tensor, region: Float32Array): Tensor => metric(
  tf.tensor(first, [1, height, width, 3]), tf.tensor(second, [1, height, width, 3]), tf.tensor(region, [1, height, width, 1]),
);
const whole = new Float32Array(height * width).fill(1);

check('PSNR of the picture and of a region', () => tf.tidy(() => {
  close(measure(psnr, whole), [19.648646], { rtol: 0, atol: 1e-4 });
  close(measure(psnr, inside), [19.674472], { rtol: 0, atol: 1e-4 });
}));

check('SSIM of the picture and of a region', () => tf.tidy(() => {
  close(measure(ssim, whole), [0.93667173], { rtol: 0, atol: 2e-6 });
  close(measure(ssim, inside), [0.93668547], { rtol: 0, atol: 2e-6 });
}));

test.run();
