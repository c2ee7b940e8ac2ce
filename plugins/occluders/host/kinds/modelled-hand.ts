import type { HandMesh } from '../../../coarse-3dmm/index.js';
import { anyColour, handSkin } from '../colours.js';
import { clamp, type Cover, type Scene } from '../cover.js';
import { fieldNoise } from '../field-noise.js';
import { drawPose } from '../hands/draw-pose.js';
import { placeHand } from '../hands/place-hand.js';
import { poseHand } from '../hands/pose-hand.js';
import { renderHand, type HandPicture } from '../hands/render-hand.js';

/**
 * A hand of MakeHuman's body with bent fingers, rendered, in the skin of this person more often than not; four in ten wear a sleeve that may reach to the wrist;
 * half are right hands.
 */
export function modelledHand({ random, skin }: Scene, hand: HandMesh): Cover {
  const vertices = placeHand(hand, poseHand(hand, drawPose(random.fork('pose'))), random.fork('place'));
  const detail = hand.details[random.integer(hand.details.length)]!;
  const picture = renderHand(hand, { vertices, detail, strength: random.between(0.4, 1.3) }, random.fork('light'));
  const [colour, cloth] = [handSkin(random, skin), anyColour(random)];
  const sleeve = random.uniform() < 0.4 ? random.between(0.1, 1.2) : Infinity;
  const [blotches, uneven] = [fieldNoise(random), random.between(0, 0.05)];
  const mirror = random.uniform() < 0.5 ? -1 : 1;
  return (u, v, out) => {
    const opacity = sampled(picture, mirror * u, v, light);
    out[3] = opacity;
    if (opacity === 0) return;
    const worn = light[3]! > sleeve;
    const blotch = uneven * blotches(5 * u, 5 * v);
    for (let channel = 0; channel < 3; channel++) out[channel] = clamp((worn ? cloth : colour)[channel]! * light[channel]! * (1 + (channel === 0 ? blotch : -blotch)));
  };
}

/** Light in three channels, and the place along the arm; what is read last. */
const light = new Float32Array(4);

/** Bilinear: writes light and arm of the covered cells around (u, v), returns the share that they cover. */
function sampled({ size, reach, hidden, light: values, arm }: HandPicture, u: number, v: number, out: Float32Array): number {
  const x = ((u / reach + 1) * size) / 2 - 0.5;
  const y = ((v / reach + 1) * size) / 2 - 0.5;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  out.fill(0);
  if (left < 0 || top < 0 || left >= size - 1 || top >= size - 1) return 0;
  let covered = 0;
  for (const [cell, share] of [
    [top * size + left, (1 - x + left) * (1 - y + top)], [top * size + left + 1, (x - left) * (1 - y + top)],
    [(top + 1) * size + left, (1 - x + left) * (y - top)], [(top + 1) * size + left + 1, (x - left) * (y - top)],
  ] as const) {
    const weight = share * hidden[cell]!;
    covered += weight;
    for (let channel = 0; channel < 3; channel++) out[channel]! += weight * values[3 * cell + channel]!;
    out[3]! += weight * arm[cell]!;
  }
  if (covered > 0) for (let channel = 0; channel < 4; channel++) out[channel]! /= covered;
  return covered;
}
