import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, uint8 } from '../../../framework/index.js';
import { close } from '../../../framework/testing/index.js';
import { applyAffine, invertAffine } from '../host/affine.js';
import { charactersIn, drawText } from '../host/bitmap-font.js';
import { layerOf, overCrop, overPhoto } from '../host/composite.js';
import { blankPicture, enlarged, paste, pictureOf, type Picture } from '../host/picture.js';
import { readPng, writePng } from '../host/png.js';
import { drawSheet } from '../host/sheet.js';
import { drawTurntable, yawsOf } from '../host/turntable.js';
import { dome, plain } from './samples.js';

const test = suite('pictures');
const pixel = (picture: Picture, column: number, row: number): number[] =>
  Array.from(picture.data.slice((row * picture.width + column) * 3, (row * picture.width + column) * 3 + 3));

test('images become bytes: rounded, clamped, grey masks in three channels', () => {
  assert.equal(Array.from(pictureOf(float32([0, 0.5, 1, -3, 7, NaN], [1, 2, 3])).data), [0, 128, 255, 0, 255, 0]);
  assert.equal(Array.from(pictureOf(float32([0, 1], [2, 1, 1])).data), [0, 0, 0, 255, 255, 255]);
  assert.equal(Array.from(pictureOf(uint8([1, 2, 3], [1, 1, 3])).data), [1, 2, 3]);
  assert.throws(() => pictureOf(float32([1, 2], [1, 1, 2])), /\[H, W, 3\]/);
});

test('a PNG gives back the bytes it was made from', async () => {
  const picture = { width: 5, height: 3, data: Uint8Array.from({ length: 45 }, (_, index) => (index * 37) % 256) };
  assert.equal(await readPng(await writePng(picture)), picture);
});

test('enlarging repeats pixels; pasting cuts at the border', () => {
  const two = { width: 2, height: 1, data: Uint8Array.of(1, 1, 1, 9, 9, 9) };
  assert.equal(Array.from(enlarged(two, 2).data.filter((_, index) => index % 3 === 0)), [1, 1, 9, 9, 1, 1, 9, 9]);
  const canvas = blankPicture(3, 2, 0);
  paste(canvas, two, 2, 1);
  assert.equal(Array.from(canvas.data.filter((_, index) => index % 3 === 0)), [0, 0, 0, 0, 0, 1]);
});

test('letters are drawn from their own dots, and cut at the border', () => {
  const canvas = blankPicture(12, 7);
  drawText(canvas, 'L1', 0, 0);
  const rows = Array.from({ length: 7 }, (_, row) => Array.from({ length: 12 }, (_, column) => (pixel(canvas, column, row)[0] === 0 ? '#' : '.')).join(''));
  assert.equal(rows, ['#.......#...', '#......##...', '#.......#...', '#.......#...', '#.......#...', '#.......#...', '#####..###..']);
  drawText(canvas, 'far out', 8, 5, 0, 3);
  assert.is(charactersIn(11), 2);
});

test('every printable letter and digit has a glyph of its own', () => {
  const drawn = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:-_/+=()%#\'!?*°<>|~\u0001'].map((character) => {
    const canvas = blankPicture(5, 9);
    drawText(canvas, character, 0, 0);
    return canvas.data.join('');
  });
  assert.is(new Set(drawn).size, drawn.length);
});

test('a sheet has a column for each name and a row for each sample, at their places', () => {
  const red = pictureOf(plain(30, 40, [1, 0, 0]));
  const blue = pictureOf(plain(30, 40, [0, 0, 1]));
  const sheet = drawSheet(['input', 'render'], [{ label: 'first', pictures: [red, blue] }, { label: 'second/one', pictures: [blue, red] }]);
  assert.equal([sheet.width, sheet.height], [4 + 44 + 44, 17 + (30 + 17) * 2 + 4]);
  const middles = [[24, 49], [68, 49], [24, 96], [68, 96]].map(([column, row]) => pixel(sheet, column!, row!));
  assert.equal(middles, [[255, 0, 0], [0, 0, 255], [0, 0, 255], [255, 0, 0]]);
  const ink = (top: number, bottom: number): number => sheet.data.slice(top * sheet.width * 3, bottom * sheet.width * 3).filter((value) => value < 200).length;
  assert.ok(ink(0, 17) > 60, 'the columns are labelled');
  assert.ok(ink(17, 34) > 60 && ink(64, 81) > 60, 'the rows are labelled');

  const rows = [red, blue, red].map((picture, index) => ({ label: `row ${index}`, pictures: [picture] }));
  const beside = drawSheet(['render'], rows, 2);
  assert.equal([beside.width, beside.height], [4 + 2 * 44, 17 + (30 + 17) * 2 + 4]);
  const places = [[24, 49], [68, 49], [24, 96], [68, 96]].map(([column, row]) => pixel(beside, column!, row!));
  assert.equal(places, [[255, 0, 0], [0, 0, 255], [255, 0, 0], [255, 255, 255]]);
});

test('a transform and its inverse undo each other', () => {
  const matrix = [0.5, 0.1, 3, -0.2, 0.7, -5];
  const inverse = invertAffine(matrix);
  for (const [x, y] of [[0, 0], [10, -4], [3.5, 100]] as const) close(applyAffine(inverse, ...applyAffine(matrix, x, y)), [x, y], { rtol: 0, atol: 1e-9 });
  assert.throws(() => invertAffine([1, 2, 0, 2, 4, 0]), /no inverse/);
});

const halfCovered = float32(Float32Array.from({ length: 64 }, (_, index) => (index % 8 < 4 ? 1 : 0)), [8, 8, 1]);

test('over the crop: covered pixels show the render, the others the crop, opacity mixes', () => {
  const crop = plain(8, 8, [0, 1, 0]);
  const render = plain(8, 8, [1, 0, 0]);
  const whole = overCrop(crop, layerOf(render, halfCovered, 1));
  assert.equal([pixel(whole, 3, 4), pixel(whole, 4, 4)], [[255, 0, 0], [0, 255, 0]]);
  assert.equal(pixel(overCrop(crop, layerOf(render, halfCovered, 0.25)), 0, 0), [64, 191, 0]);
});

test('over the photo: the crop returns to where the alignment took it from', () => {
  // The crop of 8 × 8 px shows the photo's square of 16 × 16 px at (20, 10): crop = (photo − (20, 10)) / 2.
  const photo = pictureOf(plain(40, 60, [0, 1, 0]));
  const layer = layerOf(plain(8, 8, [1, 0, 0]), halfCovered, 1);
  const result = overPhoto(photo, layer, [0.5, 0, -10, 0, 0.5, -5]);
  assert.equal([result.width, result.height], [60, 40]);
  assert.equal([pixel(result, 24, 18), pixel(result, 22, 24)], [[255, 0, 0], [255, 0, 0]]);
  assert.equal([pixel(result, 31, 18), pixel(result, 18, 18), pixel(result, 24, 8), pixel(result, 24, 27)], new Array(4).fill([0, 255, 0]));
  assert.equal(pixel(result, 27, 18), [191, 64, 0], 'a quarter of a crop pixel inside the border: three quarters covered');
  assert.equal(Array.from(photo.data.slice(0, 3)), [0, 255, 0], 'the photo itself is untouched');
});

test('over the photo: a crop that reaches beyond the photo is cut', () => {
  const photo = pictureOf(plain(10, 10, [0, 0, 0]));
  const layer = layerOf(plain(8, 8, [1, 1, 1]), float32(new Float32Array(64).fill(1), [8, 8, 1]), 1);
  const result = overPhoto(photo, layer, [1, 0, 4, 0, 1, 4]);
  assert.equal([pixel(result, 0, 0), pixel(result, 3, 3), pixel(result, 4, 4)], [[255, 255, 255], [255, 255, 255], [0, 0, 0]]);
});

test('a turntable turns the mesh to both sides, in the middle of each view', () => {
  assert.equal(yawsOf(5, 60), [-60, -30, 0, 30, 60]);
  assert.equal(yawsOf(1, 60), [0]);
  const { vertices, triangles, colours } = dome();
  const far = vertices.map((value, index) => value + [3, -2, 1][index % 3]!);
  const strip = drawTurntable({ vertices: far, triangles, albedo: colours, light: new Float32Array(27) }, [-45, 0, 45], 48);
  assert.is(strip.width, 4 + 3 * 52);
  for (const view of [0, 1, 2]) assert.not.equal(pixel(strip, 4 + view * 52 + 24, 34 + 24), [255, 255, 255]);
  const mirrored = (column: number): boolean => pixel(strip, 4 + column, 58)[0] !== 255;
  const covered = Array.from({ length: 48 }, (_, column) => mirrored(column)).filter(Boolean).length;
  const front = Array.from({ length: 48 }, (_, column) => mirrored(52 + column)).filter(Boolean).length;
  assert.ok(covered > 5 && covered < front, 'a turned dome is narrower');
});

test.run();
