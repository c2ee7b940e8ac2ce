import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { skinTone } from '../host/skin-tone.js';

/** Two squares of two triangles: one faces the camera, one is turned away from it; and one that is no skin. */
function square(x: number, turn: 1 | -1): number[][] {
  return [[x, 0, 0], [x + 1, 0, 0], [x + 1, 1, 0], [x, 1, 0]].map(([a, b, c]) => [turn * a, b, c]);
}
const vertices = Float32Array.from([...square(0, 1), ...square(3, -1), ...square(6, 1)].flat());
const triangles = Int32Array.from([0, 4, 8].flatMap((at) => [at, at + 1, at + 2, at, at + 2, at + 3]));
const skinMask = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
const albedo = Float32Array.from({ length: 36 }, (_, at) => (at < 12 ? [0.6, 0.4, 0.2][at % 3] : 0.9));

test('albedo and shade of the skin that faces the camera', () => {
  const light = Float32Array.from({ length: 27 }, (_, at) => (at % 9 === 0 ? 0.2 : 0));
  const { albedo: tone, shade } = skinTone({ triangles, skinMask }, vertices, albedo, light);
  assert.ok(Math.abs(tone - (0.2126 * 0.6 + 0.7152 * 0.4 + 0.0722 * 0.2)) < 1e-6, `${tone}`);
  // Band 0 is π / √(4π) = 0.8862 of what it is multiplied by; 0.8 is added to γ.
  assert.ok(Math.abs(shade - (0.8 + 0.2) * (Math.PI / Math.sqrt(4 * Math.PI))) < 1e-6, `${shade}`);
});

test('light of one colour counts by its luminance', () => {
  const red = Float32Array.from({ length: 27 }, (_, at) => (at === 0 ? 1 : 0));
  const dark = new Float32Array(27);
  const difference = skinTone({ triangles, skinMask }, vertices, albedo, red).shade - skinTone({ triangles, skinMask }, vertices, albedo, dark).shade;
  assert.ok(Math.abs(difference - 0.2126 * (Math.PI / Math.sqrt(4 * Math.PI))) < 1e-6, `${difference}`);
});

test.run();
