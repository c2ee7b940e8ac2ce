/** The hand of the base mesh, against what a hand is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readHandMesh, type HandMesh } from '../index.js';

let hand: HandMesh;
test.before(async () => {
  hand = await readHandMesh();
});

const vertexAt = (vertex: number): readonly number[] => Array.from(hand.positions.subarray(3 * vertex, 3 * vertex + 3));
const headOf = (name: string): readonly number[] => hand.joints.find((joint) => joint.name === name)!.head;

test('the frame: wrist at the origin, knuckles along x, fingers along y, the thumb before the palm', () => {
  assert.ok(headOf('wrist').every((value) => Math.abs(value) < 1e-12));
  const [x, y, z] = headOf('finger3-1') as [number, number, number];
  assert.ok(Math.abs(x) < 1e-9 && Math.abs(z) < 1e-9 && y > 0.8 && y < 1.2, `${x} ${y} ${z}`);
  assert.ok(headOf('finger2-1')[0]! < 0 && headOf('finger5-1')[0]! > 0);
  assert.ok(headOf('finger1-3')[2]! > 0.2);
  assert.ok(headOf('lowerarm')[1]! < -1.5);
  // From the wrist to the tip of the middle finger: a hand of 17 to 19 cm.
  const length = Math.max(...Array.from({ length: hand.positions.length / 3 }, (_, vertex) => hand.positions[3 * vertex + 1]!));
  assert.ok(length > 1.65 && length < 1.95, `${length} dm`);
});

test('joints hang on earlier ones and lie inside of the hand; shares sum to 1', () => {
  assert.is(hand.joints.length, 21);
  hand.joints.forEach(({ parent }, index) => assert.ok(parent < index));
  for (const { name, head } of hand.joints.filter((joint) => joint.name.startsWith('finger'))) {
    const distances = Array.from({ length: hand.positions.length / 3 }, (_, vertex) => Math.hypot(...vertexAt(vertex).map((value, axis) => value - head[axis]!)));
    assert.ok(Math.min(...distances) > 0.03 && Math.min(...distances) < 0.2, `${name}: ${Math.min(...distances)} dm to the skin`);
  }
  for (let vertex = 0; vertex < hand.positions.length / 3; vertex++) {
    const sum = hand.shares.subarray(4 * vertex, 4 * vertex + 4).reduce((total, share) => total + share, 0);
    assert.ok(Math.abs(sum - 1) < 1e-5);
  }
});

test('vertices of a fingertip follow its last joint', () => {
  const last = hand.joints.findIndex(({ name }) => name === 'finger3-3');
  const tip = Array.from({ length: hand.positions.length / 3 }, (_, vertex) => vertex).reduce((best, vertex) => (vertexAt(vertex)[1]! > vertexAt(best)[1]! ? vertex : best));
  const share = [0, 1, 2, 3].reduce((sum, slot) => sum + (hand.followed[4 * tip + slot] === last ? hand.shares[4 * tip + slot]! : 0), 0);
  assert.ok(share > 0.95, `${share}`);
});

test('the surface looks outwards and has an opening at the elbow alone', () => {
  let volume = 0;
  const edges = new Map<string, number>();
  for (let corner = 0; corner < hand.triangles.length; corner += 3) {
    const [a, b, c] = [0, 1, 2].map((index) => hand.triangles[corner + index]!) as [number, number, number];
    const [p, q, r] = [vertexAt(a), vertexAt(b), vertexAt(c)];
    volume += (p[0]! * (q[1]! * r[2]! - q[2]! * r[1]!) - p[1]! * (q[0]! * r[2]! - q[2]! * r[0]!) + p[2]! * (q[0]! * r[1]! - q[1]! * r[0]!)) / 6;
    for (const [from, to] of [[a, b], [b, c], [c, a]] as const) {
      const key = from < to ? `${from} ${to}` : `${to} ${from}`;
      edges.set(key, (edges.get(key) ?? 0) + (from < to ? 1 : -1));
    }
  }
  // A hand displaces a third of a litre, the forearm as much and more.
  assert.ok(volume > 0.4 && volume < 2, `${volume} dm³`);
  for (const [edge, sum] of edges) if (sum !== 0) assert.ok(vertexAt(Number(edge.split(' ')[0]))[1]! < -1, `an open edge in the hand: ${edge}`);
});

test('details are colours over their mean', () => {
  assert.ok(hand.details.length > 10);
  for (const detail of hand.details) {
    for (let channel = 0; channel < 3; channel++) {
      const values = detail.filter((_, at) => at % 3 === channel);
      assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - 1) < 1e-3);
    }
  }
  assert.ok(hand.cornerUvs.every((value) => value >= 0 && value <= 1));
});

test.run();
