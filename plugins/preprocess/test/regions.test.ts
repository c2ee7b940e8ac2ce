import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../../framework/index.js';
import { close } from '../../../framework/testing/index.js';
import { anchors, decodeDetections, mergeOverlapping, type Detection } from '../host/blazeface-decode.js';
import type { Point } from '../host/affine.js';
import { colourEvidence } from '../host/colour-evidence.js';
import { cleanRegions } from '../host/clean-regions.js';
import { edgeDistances } from '../host/edge-distances.js';
import { fillPolygon } from '../host/fill-polygon.js';
import { doubled, halved } from '../host/halve-picture.js';
import { landmarks68, landmarks68Of } from '../host/mesh-topology.js';
import { meshMirror } from '../host/mesh-mirror.js';
import { outlineCoverage } from '../host/segment-face.js';
import { standardMesh } from '../host/standard-mesh.js';

test('convention: a polygon covers pixels from corner to corner', () => {
  const square = fillPolygon([[1, 1], [3, 1], [3, 2], [1, 2]], 4);
  assert.equal([...square], [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  close(fillPolygon([[0.25, 0], [1.5, 0], [1.5, 2], [0.25, 2]], 2), [0.75, 0.5, 0.75, 0.5]);
});

test('the covered area is the polygon\'s, also beyond the border', () => {
  const circle = Array.from({ length: 60 }, (_, index) => [20 + 15 * Math.cos(index / 60 * 2 * Math.PI), 20 + 15 * Math.sin(index / 60 * 2 * Math.PI)] as const);
  const area = fillPolygon(circle, 40).reduce((sum, share) => sum + share, 0);
  assert.ok(Math.abs(area - 0.5 * 60 * 225 * Math.sin((2 * Math.PI) / 60)) < 1, `${area}`);
  assert.is(fillPolygon([[-9, -9], [50, -9], [50, 50], [-9, 50]], 5).reduce((sum, share) => sum + share, 0), 25);
});

test('specks go, holes close, the rest stays', () => {
  const size = 20;
  const mask = new Float32Array(size * size);
  for (let y = 2; y < 18; y++) for (let x = 2; x < 14; x++) mask[y * size + x] = 0.9;
  mask[8 * size + 8] = 0.2;
  mask[3 * size + 18] = 0.8;
  const cleaned = cleanRegions(mask, size);
  assert.is(cleaned[8 * size + 8], 1);
  assert.is(cleaned[3 * size + 18], 0);
  assert.is(cleaned[5 * size + 5], mask[5 * size + 5]);
  assert.is(cleaned.filter((value) => value > 0.5).length, 16 * 12);
});

test('detector: 512 fine anchors, then 384 coarse ones, at cell centres', () => {
  assert.is(anchors.length, 2 * 896);
  assert.equal([...anchors.slice(0, 6)], [8, 8, 8, 8, 24, 8]);
  assert.equal([...anchors.slice(1024, 1026), ...anchors.slice(-2)], [16, 16, 240, 240]);
});

test('detector: offsets count from the anchor, and overlapping answers become one', () => {
  const logits = new Float32Array(896).fill(-20);
  const boxes = new Float32Array(896 * 16);
  for (const index of [34, 35, 800]) {
    logits[index] = 2;
    boxes.set([1, -2, 50, 60, 5, 6], 16 * index);
  }
  const found = decodeDetections(logits, boxes, 0.5);
  assert.is(found.length, 2);
  const first = found.find(({ centre }) => centre[0] < 100)!;
  close([first.score, ...first.centre, first.width, first.height, ...first.keyPoints[0]], [0.880797, 25, 22, 50, 60, 29, 30], { atol: 1e-5 });
  assert.is(decodeDetections(logits, boxes, 0.9).length, 0);
});

test('detector: merging averages by score', () => {
  const at = (x: number, score: number): Detection => ({ score, centre: [x, 0], width: 10, height: 10, keyPoints: [[x, 1]] });
  const [merged, ...others] = mergeOverlapping([at(0, 0.5), at(1, 1), at(40, 0.7)]);
  close([merged.centre[0], merged.score, merged.keyPoints[0][0]], [2 / 3, 1, 2 / 3]);
  assert.is(others.length, 1);
});

test('mesh: 68 different points; mirroring swaps left and right of the 68 as it should', () => {
  assert.is(new Set(landmarks68).size, 68);
  assert.equal([...landmarks68Of(Float32Array.from({ length: 936 }, (_, index) => index)).slice(0, 2)], [2 * landmarks68[0], 2 * landmarks68[0] + 1]);
  assert.ok(meshMirror.every((partner, index) => meshMirror[partner] === index));
  for (const [left, right] of [[36, 45], [39, 42], [48, 54], [31, 35], [17, 26], [30, 30], [8, 8], [37, 44], [1, 15]]) {
    assert.is(meshMirror[landmarks68[left]], landmarks68[right], `${left} and ${right}`);
  }
});

test('distances to an outline are those to the nearest of all its edges', () => {
  const random = randomFor('outline');
  const outline = Array.from({ length: 36 }, (_, index): Point => {
    const radius = random.between(9, 26);
    return [33 + radius * Math.cos((index / 36) * 2 * Math.PI), 21 + radius * Math.sin((index / 36) * 2 * Math.PI)];
  });
  const size = 53;
  const distances = edgeDistances(outline, size);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const [x, y] = [(pixel % size) + 0.5, Math.floor(pixel / size) + 0.5];
    const least = Math.min(...outline.map(([x1, y1], index) => {
      const [x0, y0] = outline[(index + 35) % 36];
      const along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2);
      const share = Math.min(1, Math.max(0, along));
      return Math.hypot(x0 + share * (x1 - x0) - x, y0 + share * (y1 - y0) - y);
    }));
    assert.ok(Math.abs(distances[pixel] - least) < 1e-9, `pixel ${pixel}: ${distances[pixel]} instead of ${least}`);
  }
});

test('halving takes means of four pixels; doubling keeps a ramp inside and the sum of all', () => {
  close(halved(Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]), 4, 1), [3.5, 5.5, 11.5, 13.5]);
  close(halved(Float32Array.from([0, 10, 2, 20, 4, 30, 6, 40]), 2, 2), [3, 25]);
  const ramp = Float32Array.from({ length: 16 }, (_, pixel) => (pixel % 4) + 0.5 + 3 * Math.floor(pixel / 4));
  const twice = doubled(ramp, 4);
  close(twice.slice(3 * 8 + 1, 3 * 8 + 7), [1, 2, 3, 4, 5, 6].map((x) => (x + 0.5) / 2 + 3 * (3.5 / 2 - 0.5)), { atol: 1e-6 });
  assert.ok(Math.abs(twice.reduce((sum, value) => sum + value, 0) - 4 * ramp.reduce((sum, value) => sum + value, 0)) < 1e-3);
});

test('colour tells skin from what the parser leaves open, outside of eyes and lips', () => {
  const size = 56;
  const landmarks = Float32Array.from(standardMesh, (value) => value * size);
  const inside = outlineCoverage(landmarks, size);
  const random = randomFor('evidence');
  const isCloth = (pixel: number): boolean => Math.floor(pixel / size) > 36;
  const image = Float32Array.from({ length: 3 * size * size }, (_, at) => {
    const colour = isCloth(Math.floor(at / 3)) ? [0.2, 0.4, 0.7] : [0.75, 0.55, 0.45];
    return colour[at % 3] * (1 + 0.02 * random.normal());
  });
  // Sure of skin on the left; in doubt on the right, where there are both.
  const skin = inside.map((_, pixel) => (pixel % size > 28 ? 0.5 : isCloth(pixel) ? 0.01 : 0.95));
  const evidence = colourEvidence(image, skin, inside, landmarks, size);
  const means = { skin: 0, cloth: 0 };
  const counts = { skin: 0, cloth: 0 };
  evidence.forEach((value, pixel) => {
    assert.ok(Math.abs(value) <= 2);
    if (inside[pixel] === 0) assert.is(value, 0);
    if (inside[pixel] < 1 || pixel % size <= 28 || value === 0) return;
    const kind = isCloth(pixel) ? 'cloth' : 'skin';
    means[kind] += value;
    counts[kind]++;
  });
  assert.ok(counts.skin > 100 && counts.cloth > 50);
  assert.ok(means.skin / counts.skin > 1 && means.cloth / counts.cloth < -1, `${means.skin / counts.skin}, ${means.cloth / counts.cloth}`);
  assert.ok(colourEvidence(image, new Float32Array(size * size).fill(0.5), inside, landmarks, size).every((value) => value === 0), 'no skin is sure');
});

test.run();
