import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../../framework/index.js';
import { close } from '../../../framework/testing/index.js';
import { invertAffine, applyAffine, squareToPicture } from '../host/affine.js';
import { warpAffine, type Photo } from '../host/warp-affine.js';

function photoOf(width: number, height: number, colour: (x: number, y: number) => readonly [number, number, number]): Photo {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  return { width, height, data };
}

test('the identity gives the photo back', () => {
  const random = randomFor('photo');
  const photo = photoOf(9, 9, () => [random.integer(256), random.integer(256), random.integer(256)]);
  for (const kernel of ['cubic', 'linear'] as const) {
    close(warpAffine(photo, [1, 0, 0, 0, 1, 0], 9, kernel), Float32Array.from(photo.data, (value) => value / 255), { atol: 1e-6 });
  }
});

test('a ramp stays a ramp at any scale and roll, so nothing is shifted', () => {
  const photo = photoOf(400, 300, (x, y) => [Math.round(0.5 * x + 20), Math.round(0.7 * y + 10), 60]);
  for (const [side, roll] of [[40, 0], [150, 0], [150, 0.7], [96.5, -2.2]]) {
    const map = squareToPicture([210.3, 140.8], side, roll, 32);
    const inverse = invertAffine(map);
    for (const kernel of ['cubic', 'linear'] as const) {
      const picture = warpAffine(photo, map, 32, kernel);
      for (const [column, row] of [[3, 5], [16, 16], [28, 9]]) {
        // A pixel of the photo holds the ramp's value at its index, so at its centre minus one half.
        const [x, y] = applyAffine(inverse, [column + 0.5, row + 0.5]);
        const at = (row * 32 + column) * 3;
        close(picture.slice(at, at + 3), [(0.5 * (x - 0.5) + 20) / 255, (0.7 * (y - 0.5) + 10) / 255, 60 / 255], { atol: 0.004 });
      }
    }
  }
});

test('reduction does not alias: a checkerboard becomes grey', () => {
  const photo = photoOf(460, 460, (x, y) => ((x + y) % 2 === 0 ? [255, 255, 255] : [0, 0, 0]));
  for (const side of [120, 171, 280]) {
    for (const roll of [0, 0.4]) {
      const worst = Math.max(...warpAffine(photo, squareToPicture([230, 230], side, roll, 40), 40).map((value) => Math.abs(value - 0.5)));
      assert.ok(worst < 0.1, `side ${side}, roll ${roll}: ${worst}`);
    }
  }
});

test('outside of the photo is black, and its border does not darken', () => {
  const picture = warpAffine(photoOf(20, 20, () => [255, 255, 255]), squareToPicture([0, 10], 40, 0, 40), 40);
  const row = Array.from(picture.slice(20 * 120, 21 * 120)).filter((_, index) => index % 3 === 0);
  assert.equal(row.slice(0, 20), new Array(20).fill(0));
  close(row.slice(20), new Array(20).fill(1), { atol: 1e-6 });
});

test('a reduced photo is near what sharp makes of it', async () => {
  const random = randomFor('smooth');
  const small = await sharp(Buffer.from(Uint8Array.from({ length: 12 * 12 * 3 }, () => random.integer(256))), { raw: { width: 12, height: 12, channels: 3 } })
    .resize(120, 120, { kernel: 'cubic' }).raw().toBuffer();
  const expected = await sharp(small, { raw: { width: 120, height: 120, channels: 3 } }).resize(48, 48, { kernel: 'cubic' }).raw().toBuffer();
  const ours = warpAffine({ width: 120, height: 120, data: new Uint8Array(small) }, squareToPicture([60, 60], 120, 0, 48), 48);
  const error = Math.sqrt(ours.reduce((sum, value, index) => sum + (value - expected[index] / 255) ** 2, 0) / ours.length);
  assert.ok(error < 0.01, `root mean square ${error}`);
});

test.run();
