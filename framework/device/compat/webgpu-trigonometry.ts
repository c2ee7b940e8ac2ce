/**
 * Sine and cosine on webgpu. WGSL asks of its own only an absolute error below 2⁻¹¹, and drivers make use of it: SwiftShader's put the
 * vertices of a turned face 2e-4 dm off. Here the angle is brought to [−π/4, π/4] with π/2 in three parts and a polynomial follows:
 * 1e-7, as in float32 elsewhere, for angles up to some thousand turns.
 *
 * Source: the Cephes library (Moshier), `sinf.c`.
 */
import { computeOnGpu } from '../define-kernel.js';
import { tf } from '../tf.js';
import type { WebgpuBackend } from '../webgpu/backend.js';
import type { WgslForm } from '../webgpu/wgsl.js';
import { replaceKernel } from './registry.js';

/** sin(x + quarters · π/2) */
const sine = `
  fn sine(x: f32, quarters: i32) -> f32 {
    let turns = round(x * 0.636619772367581);
    let r = ((x - turns * 1.5703125) - turns * 4.837512969970703e-4) - turns * 7.549789948768648e-8;
    let z = r * r;
    let s = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
    let c = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
    let k = (i32(turns) + quarters) & 3;
    return select(select(-c, -s, k == 2), select(s, c, k == 1), k < 2);
  }`;

const form = (quarters: number): WgslForm<object> => ({ inputs: [x] }) => ({
  results: ['y'],
  passes: [{ count: tf.util.sizeFromShape([...x!.shape]), code: `${sine} fn run(at: i32) { y[at] = sine(x[at], ${quarters}); }` }],
});

export function registerWebgpuTrigonometry(): void {
  for (const [kernel, quarters] of [['Sin', 0], ['Cos', 1]] as const) {
    const spec = { name: `device/${kernel}`, inputs: ['x'], outputs: ([x]: readonly { shape: readonly number[] }[]) => [{ shape: x!.shape, dtype: 'float32' as const }], wgsl: form(quarters) };
    replaceKernel(kernel, 'webgpu', ({ inputs, backend }) => computeOnGpu(spec, [inputs['x']!], backend as unknown as WebgpuBackend, {})[0]!);
  }
}
