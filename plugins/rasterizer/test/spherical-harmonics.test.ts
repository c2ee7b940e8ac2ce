import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tf } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, testOperator, toTensor } from '../../../framework/testing/index.js';
import { shadeHost } from '../host/render.js';
import { shBasis } from '../host/spherical-harmonics.js';
import { shade } from '../maths/spherical-harmonics.js';
import { unitVectors } from '../maths/unit-vectors.js';
import { referenceShade } from './reference-renderer.js';

const test = suite('spherical harmonics: host');

test('convention: order, signs and factors of the nine bands are Deep3D\'s', () => {
  // The printed factors of Deep3D: a0 = π, a1 = 2π/√3, a2 = 2π/√8; c0 = 1/√4π, c1 = √3/√4π, c2 = 3√5/√12π.
  close(shBasis([0, 1, 0]), [0.886227, -1.772454, 0, 0, 0, 0, -0.700624, 0, -1.213516], { rtol: 0, atol: 1e-6 });
  close(shBasis([0, 0, 1]), [0.886227, 0, 1.772454, 0, 0, 0, 2 * 0.700624, 0, 0], { rtol: 0, atol: 1e-6 });
  close(shBasis([1, 0, 0]), [0.886227, 0, 0, -1.772454, 0, 0, -0.700624, 0, 1.213516], { rtol: 0, atol: 1e-6 });
  const s = Math.SQRT1_2;
  close(shBasis([s, s, 0]).slice(4, 5), [2.427032 / 2], { rtol: 0, atol: 1e-6 });
  close(shBasis([0, s, s]).slice(5, 6), [-2.427032 / 2], { rtol: 0, atol: 1e-6 });
  close(shBasis([s, 0, s]).slice(7, 8), [-2.427032 / 2], { rtol: 0, atol: 1e-6 });
});

test('convention: at γ = 0 the shade is 0.708982 everywhere', () => {
  close(shadeHost(Float64Array.of(0, 0, 1, 0.6, -0.8, 0), new Float64Array(27)), new Array(6).fill(0.708982), { rtol: 0, atol: 1e-6 });
});

test('convention: light is channel-major, nine bands of red first', () => {
  const light = new Float64Array(27);
  light[9 + 2] = 1;
  close(shadeHost(Float64Array.of(0, 0, 1), light), [0.708982, 0.708982 + 1.772454, 0.708982], { rtol: 0, atol: 1e-6 });
});

test('the mean over the sphere of every band but the first is zero', () => {
  const sums = new Float64Array(9);
  const count = 20000;
  for (let k = 0; k < count; k++) {
    const z = 1 - (2 * k + 1) / count;
    const angle = k * Math.PI * (3 - Math.sqrt(5));
    const radius = Math.sqrt(1 - z * z);
    shBasis([radius * Math.cos(angle), radius * Math.sin(angle), z]).forEach((value, band) => (sums[band]! += value / count));
  }
  close(sums, [0.886227, 0, 0, 0, 0, 0, 0, 0, 0], { rtol: 0, atol: 1e-4 });
});

test.run();

const normals = () => unitVectors(toTensor(normalTensor([2, 7, 3], 'normals')));
const light = () => toTensor(normalTensor([2, 27], 'light'));

testOperator('shade', {
  runs: () => tf.tidy(() => void shade(normals(), light())),
  shapes: () => tf.tidy(() => assert.equal(shade(normals(), light()).shape, [2, 7, 3])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => shade(normals(), tf.zeros([2, 9])), /shade: "light" has a wrong shape/);
    assert.throws(() => shade(normals(), tf.zeros([3, 27])), /shade: "light" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    const n = normals().dataSync();
    const l = light().dataSync();
    const expected = Array.from({ length: 42 }, (_, index) => {
      const row = Math.floor(index / 3);
      const sample = Math.floor(row / 7);
      return referenceShade([n[row * 3]!, n[row * 3 + 1]!, n[row * 3 + 2]!], l.slice(sample * 27, sample * 27 + 27), index % 3);
    });
    close(shade(normals(), light()), expected);
  }),
  gradient: async () => void (await checkGradient((n, l) => shade(n!, l!), [[2, 7, 3], [2, 27]])),
  batch: () => tf.tidy(() => {
    const both = shade(normals(), light());
    for (const b of [0, 1]) close(both.slice([b], [1]), shade(normals().slice([b], [1]), light().slice([b], [1])), { rtol: 0, atol: 0 });
  }),
});
