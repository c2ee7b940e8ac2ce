/**
 * Times of the rasteriser on one core: the z-buffer pass alone, and the whole render forward and with gradients.
 * Run: node --import tsx bench/rasterize.ts [engine]
 */
import { tf, useEngine, type EngineName, type Tensor } from '../framework/device/index.js';
import { deep3dCamera } from '../plugins/rasterizer/host/camera.js';
import { visibilityInto } from '../plugins/rasterizer/host/visibility.js';
import { render } from '../plugins/rasterizer/maths/render.js';
import { dome } from './support/dome.js';

function report(name: string, rounds: number, body: () => void): void {
  for (let round = 0; round < Math.ceil(rounds / 3); round++) body();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    body();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const [least, median] = [times[0]!, times[rounds >> 1]!];
  process.stdout.write(`${name.padEnd(64)} median ${median.toFixed(2).padStart(8)} ms   least ${least.toFixed(2).padStart(8)} ms\n`);
}

function measure(side: number, size: number, batch: number): void {
  const { vertices, triangles } = dome(side);
  const view = { size, camera: deep3dCamera };
  const title = `${size} px, ${side * side} vertices, ${triangles.length / 3} triangles`;
  const ids = new Int32Array(size * size);
  report(`z-buffer: ${title}`, 60, () => visibilityInto(vertices, 0, side * side, triangles, size, deep3dCamera, ids, 0));
  const faces = tf.tensor(triangles, [triangles.length / 3, 3], 'int32');
  const inputs = tf.tidy((): Tensor[] => [
    tf.tile(tf.tensor(vertices, [1, side * side, 3]), [batch, 1, 1]), tf.fill([batch, side * side, 3], 0.5), tf.zeros([batch, 27]),
  ]);
  const image = (v: Tensor, albedo: Tensor, light: Tensor): Tensor => render({ vertices: v, albedo, light, triangles: faces }, view).image;
  report(`render, batch ${batch}: ${title}`, 15, () => tf.tidy(() => void image(inputs[0]!, inputs[1]!, inputs[2]!).dataSync()));
  const gradients = tf.grads((v: Tensor, albedo: Tensor, light: Tensor) => tf.sum(image(v, albedo, light)).asScalar());
  report(`render and gradients, batch ${batch}: ${title}`, 15, () => tf.tidy(() => gradients(inputs).forEach((gradient) => void gradient.dataSync())));
  tf.dispose([faces, ...inputs]);
}

const engine = await useEngine((process.argv[2] ?? 'wasm') as EngineName);
process.stdout.write(`engine ${engine.name}\n`);
measure(189, 224, 1);
measure(90, 112, 1);
measure(90, 112, 8);
