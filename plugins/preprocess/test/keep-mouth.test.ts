import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { partCoverage } from '../host/face-parts.js';
import { keepMouth } from '../host/keep-mouth.js';
import { lips } from '../host/mesh-topology.js';

const size = 64;

/** Lips as an ellipse about (32, 40). */
const landmarks = new Float32Array(936).fill(32);
lips.forEach((index, step) => {
  const angle = (2 * Math.PI * step) / lips.length;
  landmarks.set([32 + 12 * Math.cos(angle), 40 + 6 * Math.sin(angle)], 2 * index);
});
const mouth = partCoverage(landmarks, lips, 1, size);
const everywhere = new Float32Array(size * size).fill(1);

/** Skin, but where `covers` says otherwise. */
const skinBut = (covers: (x: number, y: number, mouth: number) => boolean): Float32Array =>
  Float32Array.from(everywhere, (_, pixel) => (covers(pixel % size, Math.floor(pixel / size), mouth[pixel]!) ? 0.1 : 0.9));

const shareMarked = (skin: Float32Array): number => {
  const [marked, total] = mouth.reduce(([sum, all], share, pixel) => [sum + share * Number(skin[pixel]! > 0.5), all + share], [0, 0]);
  return marked! / total!;
};

test('a hole between lips is the mouth; the rest stays', () => {
  const skin = skinBut((_x, y, share) => share > 0.5 || y < 10);
  const kept = keepMouth(skin, everywhere, landmarks, size);
  assert.ok(shareMarked(skin) < 0.1 && shareMarked(kept) > 0.95);
  kept.forEach((value, pixel) => pixel < 10 * size && assert.is(value, skin[pixel]));
});

test('what lies across the ring around the lips covers them', () => {
  for (const covered of [skinBut((x) => x > 22 && x < 40), skinBut((_, y) => y > 36), skinBut(() => true)]) assert.is(keepMouth(covered, everywhere, landmarks, size), covered);
});

test('a ring outside of the face says nothing', () => {
  const inside = Float32Array.from(everywhere, (_, pixel) => Number(pixel % size < 32));
  const skin = skinBut((x, _y, share) => x >= 32 || share > 0.5);
  assert.ok(shareMarked(keepMouth(skin, inside, landmarks, size)) > 0.9);
});

test.run();
