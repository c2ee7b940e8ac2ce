import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makehuman } from '../contracts.js';
import { coefficientCount, coefficientSlices } from '../host/coefficients.js';
import { fivePoints, standardPoints, type FaceModel } from '../host/face-model.js';
import { buildModel } from '../host/makehuman/build-model.js';
import { controlPositions, makeControlMesh, neededPositions } from '../host/makehuman/control-mesh.js';
import { makeLevelMesh } from '../host/makehuman/level-mesh.js';
import { levels, type Level } from '../host/makehuman/levels.js';
import { readBaseMesh } from '../host/makehuman/makehuman-files.js';
import { subdivide } from '../host/makehuman/subdivision.js';
import { digestOf, readFaceModel, writeFaceModel } from '../host/model-file.js';
import { builtFace } from './built-face.js';

const test = suite('face model');
let face: FaceModel;
test.before(async () => void (face = await builtFace()));

test('convention: the 257-vector is Deep3D\'s: 80, 64, 80, 3, 27, 3', () => {
  assert.equal(coefficientSlices, {
    identity: [0, 80], expression: [80, 144], albedo: [144, 224], angles: [224, 227], light: [227, 254], translation: [254, 257],
  });
  assert.is(coefficientCount, 257);
});

test('the counts that a pipeline is checked with are those of the meshes', () => {
  const control = makeControlMesh(readBaseMesh());
  const first = subdivide(control);
  for (const level of Object.keys(levels) as Level[]) {
    const mesh = makeLevelMesh(level, control, first);
    const { vertices, triangles } = makehuman.dimensions({ level });
    assert.equal([vertices, triangles], [mesh.vertexCount, mesh.triangles.length / 3], level);
    assert.is(Math.max(...mesh.triangles.subarray(-3000)) + 1 <= vertices, true, level);
  }
  assert.equal([face.vertexCount, face.triangles.length / 3], [levels.tiny.vertices, levels.tiny.triangles]);
});

test('a landmark is at the same place of the face at every level', () => {
  const control = makeControlMesh(readBaseMesh());
  const first = subdivide(control);
  const places = JSON.parse(readFileSync(new URL('../data/landmarks.json', import.meta.url), 'utf8')) as { facemesh: [number, number, number][] };
  const rest = controlPositions(control, neededPositions(readBaseMesh(), control));
  const at = (level: Level, point: number): number[] => {
    const mesh = makeLevelMesh(level, control, first);
    const positions = mesh.fromControl(rest);
    const { vertices, weights } = mesh.locate(places.facemesh[point]!);
    assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-9 && weights.every((weight) => weight >= -1e-9), `${level} ${point}`);
    return [0, 1, 2].map((axis) => vertices.reduce((sum, vertex, corner) => sum + weights[corner]! * positions[vertex * 3 + axis]!, 0));
  };
  for (const point of [1, 33, 61, 152, 164, 205, 263]) {
    const [small, ...others] = (['small', 'medium', 'paper'] as const).map((level) => at(level, point));
    for (const other of others) assert.ok(Math.hypot(...other.map((value, axis) => value - small![axis]!)) < 0.006, `point ${point}`);
  }
});

test('arrays have the shapes of the interface and finite numbers', () => {
  const { vertexCount: v } = face;
  const lengths = [face.meanShape, face.identityBasis, face.expressionBasis, face.meanAlbedo, face.albedoBasis, face.landmarks, face.mirror, face.skinMask, face.uvs!, face.denseLandmarks.vertices, face.denseLandmarks.weights, face.denseLandmarks.trust].map((array) => array.length);
  assert.equal(lengths, [3 * v, 240 * v, 192 * v, 3 * v, 240 * v, 68, v, v, 2 * v, 1404, 1404, 468]);
  for (const array of [face.meanShape, face.identityBasis, face.expressionBasis, face.meanAlbedo, face.albedoBasis, face.uvs!]) assert.ok(array.every(Number.isFinite));
  assert.ok(face.meanAlbedo.every((value) => value > 0 && value < 1));
});

test('the mesh is one disc: every edge has one or two triangles with opposite directions, Euler characteristic 1', () => {
  const edges = new Set<string>();
  for (let at = 0; at < face.triangles.length; at++) {
    const next = at % 3 === 2 ? at - 2 : at + 1;
    const key = `${face.triangles[at]!}>${face.triangles[next]!}`;
    assert.not(edges.has(key), `edge ${key} is used once in this direction`);
    edges.add(key);
  }
  let undirected = 0;
  for (const key of edges) undirected += edges.has(key.split('>').reverse().join('>')) ? 0.5 : 1;
  assert.is(face.vertexCount - undirected + face.triangles.length / 3, 1);
});

test('convention: triangles are counter-clockwise seen from the front', () => {
  let front = 0;
  for (let at = 0; at < face.triangles.length; at += 3) {
    const [a, b, c] = [0, 1, 2].map((corner) => face.meanShape.subarray(face.triangles[at + corner]! * 3, face.triangles[at + corner]! * 3 + 2));
    front += (b![0]! - a![0]!) * (c![1]! - a![1]!) - (b![1]! - a![1]!) * (c![0]! - a![0]!) > 0 ? 1 : 0;
  }
  assert.ok(front > 0.85 * (face.triangles.length / 3), `${front} of ${face.triangles.length / 3}`);
});

test('convention: the five standard points are where Deep3D has them, within 0.08 dm', () => {
  const landmarks = Array.from(face.landmarks).flatMap((vertex) => Array.from(face.meanShape.subarray(vertex * 3, vertex * 3 + 3)));
  fivePoints(landmarks, 3).forEach((point, index) => {
    const distance = Math.hypot(...point.map((value, axis) => value - standardPoints[index]![axis]!));
    assert.ok(distance < 0.08, `point ${index} is ${distance} dm away`);
  });
});

test('the mean face is mirror symmetric, and mirroring twice gives the same vertex', () => {
  for (let vertex = 0; vertex < face.vertexCount; vertex++) {
    const other = face.mirror[vertex]!;
    assert.is(face.mirror[other], vertex);
    for (let axis = 0; axis < 3; axis++) {
      const expected = (axis === 0 ? -1 : 1) * face.meanShape[vertex * 3 + axis]!;
      assert.ok(Math.abs(face.meanShape[other * 3 + axis]! - expected) < 1e-4);
      assert.ok(Math.abs(face.meanAlbedo[other * 3 + axis]! - face.meanAlbedo[vertex * 3 + axis]!) < 1e-3);
    }
  }
});

test('landmarks of the two sides are mirror images', () => {
  for (const [left, right] of [[36, 45], [39, 42], [48, 54], [31, 35], [17, 26], [0, 16]] as const) {
    assert.is(face.mirror[face.landmarks[left]!], face.landmarks[right]);
  }
});

test('each mode is symmetric or antisymmetric, the modes fall in size, and the unused ones are zero', () => {
  for (const [basis, stride, active] of [[face.identityBasis, 80, face.activeModes.identity], [face.expressionBasis, 64, face.activeModes.expression]] as const) {
    const norms = new Float64Array(stride);
    for (let mode = 0; mode < stride; mode++) {
      let even = 0;
      let odd = 0;
      for (let vertex = 0; vertex < face.vertexCount; vertex++) {
        for (let axis = 0; axis < 3; axis++) {
          const own = basis[(vertex * 3 + axis) * stride + mode]!;
          const image = (axis === 0 ? -1 : 1) * basis[(face.mirror[vertex]! * 3 + axis) * stride + mode]!;
          even += (own - image) ** 2;
          odd += (own + image) ** 2;
          norms[mode]! += own * own;
        }
      }
      if (mode < active) assert.ok(Math.min(even, odd) < 1e-4 * norms[mode]!, `mode ${mode}`);
      else assert.is(norms[mode], 0);
    }
    for (let mode = 1; mode < active; mode++) assert.ok(norms[mode]! <= norms[mode - 1]! * (1 + 1e-5));
  }
});

test('the modes span what faces need: 80 identity, at least 35 expression modes, 3 to 5 mm RMS between people', () => {
  assert.is(face.activeModes.identity, 80);
  assert.is(face.activeModes.albedo, 80);
  assert.ok(face.activeModes.expression >= 35, `${face.activeModes.expression}`);
  let variance = 0;
  for (const value of face.identityBasis) variance += value * value;
  const millimetres = 100 * Math.sqrt(variance / face.vertexCount);
  assert.ok(millimetres > 3 && millimetres < 5, `${millimetres} mm`);
});

test('the skin mask holds the cheeks and forehead, not eyes or lips', () => {
  const share = face.skinMask.reduce((sum, value) => sum + value, 0) / face.vertexCount;
  assert.ok(share > 0.25 && share < 0.7, `${share}`);
  for (const point of [50, 280, 151]) assert.is(face.skinMask[face.denseLandmarks.vertices[point * 3]!], 1, `point ${point}`);
  for (const landmark of [37, 41, 44, 51, 57, 62, 66]) assert.is(face.skinMask[face.landmarks[landmark]!], 0, `landmark ${landmark}`);
});

test('building twice gives the same numbers', async () => {
  const counts = { people: 12, expressions: 12, paintings: 6 };
  const [first, second] = [await buildModel('tiny', () => undefined, counts), await buildModel('tiny', () => undefined, counts)];
  assert.is(first.digest, second.digest);
});

test('a file gives back the model; a damaged one gives nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'face-'));
  const path = join(folder, 'model.face');
  await writeFaceModel(path, face);
  const copy = (await readFaceModel(path))!;
  assert.is(digestOf(copy), face.digest);
  assert.equal(copy.activeModes, face.activeModes);
  truncateSync(path, readFileSync(path).length / 2);
  assert.is(await readFaceModel(path), undefined);
  assert.is(await readFaceModel(join(folder, 'missing')), undefined);
  rmSync(folder, { recursive: true });
});

test.run();
