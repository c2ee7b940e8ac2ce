import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../../framework/index.js';
import { close } from '../../../framework/testing/index.js';
import { applyAffine, invertAffine, scaleOf, squareToPicture, type Affine } from '../host/affine.js';
import { glimpse, mirroredGlimpse, warpAffine, type Kernel, type Photo } from '../host/warp-affine.js';

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

/** The definition of `warpAffine`, number by number in float64. */
function reference(photo: Photo, map: Affine, size: number, kernel: Kernel): Float64Array {
  const inverse = invertAffine(map);
  const reduction = 1 / scaleOf(map);
  const factor = Math.max(1, kernel === 'cubic' ? Math.floor(reduction / 2) : Math.round(reduction));
  const stretch = kernel === 'cubic' ? Math.max(1, reduction / factor) : 0;
  const [width, height] = [Math.ceil(photo.width / factor), Math.ceil(photo.height / factor)];
  const blocks = Float64Array.from({ length: width * height * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    const values: number[] = [];
    for (let row = y * factor; row < Math.min(photo.height, (y + 1) * factor); row++) {
      for (let column = x * factor; column < Math.min(photo.width, (x + 1) * factor); column++) values.push(photo.data[(row * photo.width + column) * 3 + (index % 3)]);
    }
    return values.reduce((sum, value) => sum + value, 0) / values.length / 255;
  });
  const weightsOf = (position: number, extent: number): number[] => {
    const place = kernel === 'linear' ? Math.max(0.5, Math.min(extent - 0.5, position)) : position;
    const weights = Array.from({ length: extent }, (_, at) => (kernel === 'linear' ? Math.max(0, 1 - Math.abs(at + 0.5 - place)) : keys((at + 0.5 - place) / stretch)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  };
  return Float64Array.from({ length: size * size * 3 }, (_, index) => {
    const [x, y] = applyAffine(inverse, [(Math.floor(index / 3) % size) + 0.5, Math.floor(index / 3 / size) + 0.5]);
    if (x < 0 || y < 0 || x > photo.width || y > photo.height) return 0;
    const [columns, rows] = [weightsOf(x / factor, width), weightsOf(y / factor, height)];
    let sum = 0;
    rows.forEach((down, row) => columns.forEach((across, column) => (sum += down * across * blocks[(row * width + column) * 3 + (index % 3)])));
    return Math.max(0, Math.min(1, sum));
  });
}

function keys(distance: number): number {
  const x = Math.abs(distance);
  return x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : x < 2 ? -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2 : 0;
}

test('the loops give what the definition says, at borders and quarter turns too', () => {
  const random = randomFor('loops');
  const photo = photoOf(61, 47, () => [random.integer(256), random.integer(256), random.integer(256)]);
  for (const [centre, side, roll] of [
    [[30, 20], 25, 0], [[30, 20], 25, 0.6], [[58, 44], 40, 0], [[58, 44], 90, 0], [[4, 3], 90, -2.1], [[30, 23.5], 61, Math.PI], [[30, 23.5], 122, Math.PI / 2], [[10, 40], 75, -Math.PI / 2],
  ] as const) {
    const map = squareToPicture(centre, side, roll, 18);
    for (const kernel of ['cubic', 'linear'] as const) close(warpAffine(photo, map, 18, kernel), Float32Array.from(reference(photo, map, 18, kernel)), { atol: 2e-6 });
  }
});

test('a picture is kept, a glimpse lasts until the next', () => {
  const [dark, light] = [photoOf(8, 8, () => [51, 51, 51]), photoOf(8, 8, () => [255, 255, 255])];
  const same: Affine = [1, 0, 0, 0, 1, 0];
  const kept = warpAffine(dark, same, 8, 'linear');
  const seen = glimpse(dark, same, 8);
  close(seen, kept, { atol: 0 });
  glimpse(light, same, 8);
  close(kept, new Float32Array(8 * 8 * 3).fill(0.2), { atol: 1e-6 });
});

test('a mirrored glimpse has left and right exchanged, number by number, and leaves the glimpse as it was', () => {
  const random = randomFor('mirrored');
  const photo = photoOf(23, 31, () => [random.integer(256), random.integer(256), random.integer(256)]);
  for (const size of [1, 7, 16, 33]) {
    const map = squareToPicture([11, 14], 29, 0.3, size);
    const plain = warpAffine(photo, map, size, 'linear');
    const seen = glimpse(photo, map, size);
    const mirrored = mirroredGlimpse(seen, size);
    const expected = plain.map((_, at) => plain[3 * (Math.floor(at / 3 / size) * size + size - 1 - (Math.floor(at / 3) % size)) + (at % 3)]);
    close(mirrored, expected, { atol: 0 });
    close(seen, plain, { atol: 0 });
  }
});

test('a photo far smaller than a pixel is one pixel of its mean colour', () => {
  const photo = photoOf(60, 50, (x) => [x < 30 ? 40 : 80, 60, 20]);
  for (const scale of [1e-3, 1e-5]) {
    const picture = warpAffine(photo, [scale, 0, 16.5 - 30 * scale, 0, scale, 16.5 - 25 * scale], 32, 'linear');
    const at = 3 * (16 * 32 + 16);
    close(picture.slice(at, at + 3), [60 / 255, 60 / 255, 20 / 255], { atol: 1e-6 });
    assert.ok(picture.every((value, index) => value === 0 || (index >= at && index < at + 3)));
  }
});

test('what lies far from the photo is black', () => {
  assert.ok(warpAffine(photoOf(8, 8, () => [255, 255, 255]), squareToPicture([90, 90], 10, 0, 8), 8).every((value) => value === 0));
});

test.run();
