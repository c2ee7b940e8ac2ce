/** The landmark vertices against a detector, on renders of the model itself: the mean face and people that nothing was tuned on. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../../framework/index.js';
import { landmarks68, loadFaceNetworks } from '../../preprocess/index.js';
import { projectVertices, renderHost } from '../../rasterizer/index.js';
import { coefficientCount, coefficientGroup } from '../host/coefficients.js';
import { decodeHost } from '../host/decode-host.js';
import { builtFace } from './built-face.js';

/** What facemesh takes. */
const size = 192;
const test = suite('landmarks');

function person(index: number): Float32Array {
  const coefficients = new Float32Array(coefficientCount);
  if (index === 0) return coefficients;
  const random = randomFor('landmarks.test', index);
  for (const group of ['identity', 'expression', 'albedo'] as const) {
    const values = coefficientGroup(coefficients, group);
    for (let mode = 0; mode < values.length; mode++) values[mode] = 0.6 * random.normal();
  }
  coefficientGroup(coefficients, 'angles').set([0.15 * random.normal(), 0.3 * random.normal(), 0]);
  return coefficients;
}

test('facemesh finds the 68 landmarks where the model says, on the mean face and on 11 random people', async () => {
  const face = await builtFace('small');
  const light = Float64Array.from({ length: 27 }, (_, band) => (band % 9 === 0 ? 0.15 : band % 9 === 2 ? 0.15 : 0));
  const { mesh, dispose } = await loadFaceNetworks();
  const errors = Array.from({ length: 12 }, (_, index) => {
    const { vertices, albedo } = decodeHost(face, person(index));
    const { image, coverage } = renderHost(vertices, face.triangles, albedo, light, size);
    const picture = image.map((value, at) => (coverage[Math.floor(at / 3)] ? Math.min(Math.max(value, 0), 1) : 0.45));
    const { points, confidence } = mesh.locate(picture);
    assert.ok(confidence > 0.8, `picture ${index}: confidence ${confidence}`);
    const projected = projectVertices(vertices, size);
    return landmarks68.map((point, landmark) => {
      const vertex = face.landmarks[landmark]!;
      return Math.hypot(points[point * 2]! - projected[vertex * 3]!, points[point * 2 + 1]! - projected[vertex * 3 + 1]!);
    });
  });
  dispose();
  const inner = errors.flatMap((all) => all.slice(17));
  const outline = errors.flatMap((all) => all.slice(0, 17));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
  const report = `mean face ${mean(errors[0]!).toFixed(2)} px, inner 51 ${mean(inner).toFixed(2)} px, outline 17 ${mean(outline).toFixed(2)} px of ${size}`;
  console.log(report);
  assert.ok(mean(inner) < 3 && mean(outline) < 5 && mean(errors[0]!) < 3, report);
});

test.run();
