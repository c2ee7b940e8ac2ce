/** Hands that are bent, placed and rendered. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../../framework/index.js';
import { readHandMesh, type HandMesh } from '../../coarse-3dmm/index.js';
import { faceFrameOf } from '../../preprocess/index.js';
import type { Scene } from '../host/cover.js';
import { drawPose } from '../host/hands/draw-pose.js';
import { placeHand } from '../host/hands/place-hand.js';
import { poseHand, type HandPose } from '../host/hands/pose-hand.js';
import { renderHand } from '../host/hands/render-hand.js';
import { modelledHand } from '../host/kinds/modelled-hand.js';
import { faceMesh } from './face-mesh.js';

let hand: HandMesh;
test.before(async () => {
  hand = await readHandMesh();
});

const rest: HandPose = { curl: [0, 0, 0, 0, 0], spread: 0, wrist: [0, 0], opposition: 0 };

function distance(points: Float64Array, first: number, second: number): number {
  return Math.hypot(...[0, 1, 2].map((axis) => points[3 * first + axis]! - points[3 * second + axis]!));
}

/** Vertices that follow one joint alone. */
function rigid(name: string): number[] {
  const joint = hand.joints.findIndex((other) => other.name === name);
  return Array.from({ length: hand.positions.length / 3 }, (_, vertex) => vertex)
    .filter((vertex) => [0, 1, 2, 3].every((slot) => hand.followed[4 * vertex + slot] === joint || hand.shares[4 * vertex + slot]! === 0));
}

test('without angles the hand rests', () => {
  const posed = poseHand(hand, rest);
  posed.forEach((value, at) => assert.ok(Math.abs(value - hand.positions[at]!) < 1e-6));
});

test('what follows one joint keeps its shape in any pose, and its neighbours stay near', () => {
  for (const key of ['a', 'b', 'c']) {
    const posed = poseHand(hand, drawPose(randomFor('test', key)));
    for (const { name } of hand.joints) {
      const vertices = rigid(name);
      for (const vertex of vertices.slice(1)) {
        const change = distance(posed, vertices[0]!, vertex) - distance(hand.positions, vertices[0]!, vertex);
        assert.ok(Math.abs(change) < 1e-6, `${name}: ${change} dm`);
      }
    }
    for (let corner = 0; corner < hand.triangles.length; corner += 3) {
      const length = distance(posed, hand.triangles[corner]!, hand.triangles[corner + 1]!);
      assert.ok(length < 0.45, `an edge of ${length} dm`);
    }
  }
});

test('closing fingers bring their tips to the palm, the wrist takes all along', () => {
  const last = rigid('finger3-3');
  const mean = (points: Float64Array, axis: number): number => last.reduce((sum, vertex) => sum + points[3 * vertex + axis]!, 0) / last.length;
  const closed = poseHand(hand, { ...rest, curl: [0, 1, 1, 1, 1] });
  assert.ok(mean(hand.positions, 1) > 1.5 && mean(closed, 1) < 0.9, `${mean(closed, 1)} dm from the wrist`);
  assert.ok(mean(closed, 2) > 0.08, 'the fingers bend to the back of the hand');
  const bent = poseHand(hand, { ...rest, wrist: [Math.PI / 2, 0] });
  assert.ok(Math.abs(mean(bent, 2) - mean(hand.positions, 1)) < 1e-6, 'the hand stands square to the arm');
  const forearm = rigid('lowerarm')[0]!;
  for (let axis = 0; axis < 3; axis++) assert.ok(Math.abs(bent[3 * forearm + axis]! - hand.positions[3 * forearm + axis]!) < 1e-6);
});

test('a placed hand keeps its shape, and a part of it lies before the face', () => {
  for (const key of ['a', 'b', 'c', 'd']) {
    const placed = placeHand(hand, hand.positions, randomFor('place', key));
    const scale = distance(placed, 0, 100) / distance(hand.positions, 0, 100);
    assert.ok(scale > 0.5 && scale < 0.85, `${scale} units of the face a decimetre`);
    for (const vertex of [50, 500, 1200]) assert.ok(Math.abs(distance(placed, 0, vertex) - scale * distance(hand.positions, 0, vertex)) < 1e-9);
    assert.ok(placed.some((value, at) => at % 3 === 0 && Math.abs(value) < 0.45 && Math.abs(placed[at + 1]!) < 0.6));
  }
});

test('the picture: light is 1 in the mean and nothing beside the hand; the arm is told from the hand', () => {
  // Upright before the camera, half a unit high.
  const vertices = hand.positions.map((value) => value / 3);
  const picture = renderHand(hand, { vertices, detail: hand.details[0]!, strength: 1 }, randomFor('light'));
  const sums = [0, 0, 0];
  let count = 0;
  picture.hidden.forEach((hidden, cell) => {
    for (let channel = 0; channel < 3; channel++) {
      if (hidden === 0) assert.is(picture.light[3 * cell + channel], 0);
      sums[channel]! += picture.light[3 * cell + channel]!;
    }
    count += hidden;
    if (hidden === 0) return;
    // The picture covers ± reach, row 0 on top; perspective moves the near palm by little.
    const y = picture.reach * (1 - (2 * (Math.floor(cell / picture.size) + 0.5)) / picture.size);
    assert.ok(Math.abs(picture.arm[cell]! + 3 * y) < 0.25, `arm ${picture.arm[cell]} at ${y}`);
  });
  assert.ok(count > 1000);
  for (const sum of sums) assert.ok(Math.abs(sum / count - 1) < 1e-4);
});

test('most hands have the tone of the face, and each draw is another hand', () => {
  const frame = faceFrameOf(faceMesh().data as Float32Array);
  const skin = [0.6, 0.42, 0.34] as const;
  const out = new Float32Array(4);
  let own = 0;
  const areas = new Set<number>();
  for (let draw = 0; draw < 20; draw++) {
    const scene: Scene = { random: randomFor('tone', draw), frame, skin, pixel: 1 / frame.size, at: () => [0, 0] };
    const cover = modelledHand(scene, hand);
    const sum = [0, 0, 0];
    let area = 0;
    for (let v = -0.9; v < 0.9; v += 0.03) {
      for (let u = -0.9; u < 0.9; u += 0.03) {
        cover(u, v, out);
        assert.ok(out.every((value) => value >= 0 && value <= 1));
        if (out[3]! < 0.99) continue;
        area++;
        for (let channel = 0; channel < 3; channel++) sum[channel]! += out[channel]!;
      }
    }
    areas.add(area);
    if (area > 0 && sum.every((value, channel) => Math.abs(value / area / skin[channel]! - 1) < 0.3)) own++;
  }
  assert.ok(own >= 9, `${own} of 20`);
  assert.ok(areas.size > 15);
});

test.run();
