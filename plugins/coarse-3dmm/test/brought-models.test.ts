/** Loaders of the face models that users bring, on files of full size with made-up numbers. */
import { mkdirSync, mkdtempSync, linkSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { File, ready } from 'h5wasm/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeSafetensors, FlowError, float32, int32, randomFor } from '../../../framework/index.js';
import { bfm2009, bfm2017, flame, ictFaceKit } from '../brought-models.js';
import { fivePoints, standardPoints, type FaceModel } from '../host/face-model.js';
import { deriveBfmFront, derivedFiles, expressionVertices, headVertices } from '../host/models/bfm-derive.js';
import { readBfmFront } from '../host/models/bfm-front.js';
import { readBfmH5 } from '../host/models/bfm-h5.js';
import { frontTriangles, frontVertices } from '../host/models/bfm-info.js';
import { completeModel } from '../host/models/complete-model.js';
import { flameTriangles, flameVertices, readFlame } from '../host/models/flame.js';
import { readIctFaceKit } from '../host/models/ict-facekit.js';
import type { RawModel } from '../host/models/raw-model.js';
import { builtFace } from './built-face.js';
import { matBytes, noise, topologyStandIn, writeObj, writeSparseMat } from './stand-ins.js';

const test = suite('brought models');
const folder = mkdtempSync(join(tmpdir(), 'brought-'));
let built: FaceModel;
test.before(async () => void (built = await builtFace()));
test.after(() => rmSync(folder, { recursive: true }));

const rows = frontVertices * 3;
const near = (got: number, expected: number): void => assert.ok(Math.abs(got - expected) < 1e-5 * Math.max(1, Math.abs(expected)), `${got} is not ${expected}`);

async function failureOf(read: () => Promise<unknown>): Promise<FlowError> {
  try {
    await read();
  } catch (error) {
    assert.instance(error, FlowError, String(error));
    return error as FlowError;
  }
  throw new Error('it was read');
}

/** The built model's mean face as if it came from a file, moved, in another unit, without anything that could be carried over. */
function disguised(): RawModel {
  return {
    name: 'disguised', triangles: built.triangles, meanShape: Float64Array.from(built.meanShape, (value, at) => 1.1 * value + [0.3, -0.2, 0.5][at % 3]!),
    identity: { count: 3, mode: (mode) => noise(built.vertexCount * 3, mode, 0.01) }, expression: { count: 0, mode: () => [] },
    landmarks: built.landmarks, place: 'five points',
  };
}

test('BFM_model_front.mat of full size: millimetres stay decimetres, colours become 0..1, columns become rows of coefficients', async () => {
  const path = join(folder, 'BFM_model_front.mat');
  const [meanshape, idBase, texBase] = [noise(rows, 1), noise(rows * 80, 2, 0.02), noise(rows * 80, 3, 10)];
  const zeroBase = { rows, columns: 64, values: new Float32Array(rows * 64) };
  writeFileSync(path, matBytes({
    ...topologyStandIn(frontVertices, frontTriangles), meanshape: { rows: 1, columns: rows, values: meanshape },
    meantex: { rows: 1, columns: rows, values: new Float32Array(rows).fill(127.5) }, idBase: { rows, columns: 80, values: idBase },
    exBase: zeroBase, texBase: { rows, columns: 80, values: texBase },
  }));
  const raw = await readBfmFront(path);
  assert.equal([raw.triangles.length, [...raw.triangles.subarray(0, 6)], raw.landmarks![1], raw.skinMask![4]], [rows === 107127 ? 3 * 70789 : 0, [0, 1, 2, 1, 2, 3], 516, 1]);
  const model = completeModel(raw, built);
  assert.equal([model.vertexCount, model.identityBasis.length, model.activeModes], [35709, rows * 80, { identity: 80, expression: 64, albedo: 80 }]);
  const mean = meanshape.reduce((sum, value, at) => sum + (at % 3 === 1 ? value / frontVertices : 0), 0);
  for (const [row, mode] of [[1, 0], [1000 * 3 + 1, 7], [rows - 2, 79]] as const) {
    near(model.meanShape[row]!, meanshape[row]! - mean);
    near(model.identityBasis[row * 80 + mode]!, idBase[mode * rows + row]!);
    near(model.albedoBasis[row * 80 + mode]!, texBase[mode * rows + row]! / 255);
    near(model.meanAlbedo[row]!, 0.5);
  }
  truncateSync(path, 50_000_000);
  assert.match((await failureOf(() => readBfmFront(path))).message, /ends too early/);
});

test('the derivation from the six files: rows trimIndex[idx] and idx, standard deviations, micrometres', async () => {
  const at = (name: keyof typeof derivedFiles): string => join(folder, derivedFiles[name]);
  const [shape, colour] = [noise(headVertices * 3 * 80, 4), noise(headVertices * 3 * 80, 5)];
  const deviations = Float32Array.from({ length: 199 }, (_, mode) => 1000 - mode);
  const means = noise(headVertices * 3, 6, 1e5);
  writeSparseMat(at('head'), {
    shapePC: { rows: headVertices * 3, columns: 199, values: shape }, shapeEV: { rows: 199, columns: 1, values: deviations },
    shapeMU: { rows: headVertices * 3, columns: 1, values: means }, texPC: { rows: headVertices * 3, columns: 199, values: colour },
    texEV: { rows: 199, columns: 1, values: deviations }, texMU: { rows: headVertices * 3, columns: 1, values: means },
  });
  const components = noise(expressionVertices * 3 * 64, 7);
  const count = Buffer.alloc(4);
  count.writeInt32LE(79);
  writeFileSync(at('expressions'), Buffer.concat([count, Buffer.alloc(expressionVertices * 12), Buffer.from(components.buffer)]));
  truncateSync(at('expressions'), 4 + expressionVertices * 12 * 80);
  writeFileSync(at('deviations'), Array.from({ length: 79 }, (_, mode) => 5000 + mode).join(' '));
  const topology = topologyStandIn(frontVertices, frontTriangles);
  writeFileSync(at('topology'), matBytes(topology, true));
  writeFileSync(at('frontOfExpressions'), matBytes({ idx: { rows: frontVertices, columns: 1, values: Int32Array.from({ length: frontVertices }, (_, vertex) => vertex + 101) } }));
  writeFileSync(at('expressionsOfHead'), matBytes({ trimIndex: { rows: expressionVertices, columns: 1, values: Float64Array.from({ length: expressionVertices }, (_, vertex) => vertex + 201) } }));
  const raw = await deriveBfmFront(folder);
  // Vertex 10 of the front is row 110 of the expressions and row 310 of the head, from 0.
  const [front, expression, head] = [10 * 3 + 2, 110 * 3 + 2, 310 * 3 + 2];
  near(raw.meanShape[front]!, means[head]! / 1e5);
  near(raw.albedo!.mean[front]!, means[head]! / 255);
  near(raw.identity.mode(79)[front]!, (shape[79 * headVertices * 3 + head]! * 921) / 1e5);
  near(raw.albedo!.basis.mode(5)[front]!, (colour[5 * headVertices * 3 + head]! * 995) / 255);
  near(raw.expression.mode(63)[front]!, (components[63 * expressionVertices * 3 + expression]! * 5063) / 1e5);
  assert.equal([raw.identity.count, raw.expression.count, raw.triangles.length], [80, 64, 3 * frontTriangles]);

  writeFileSync(at('deviations'), '1 2 3');
  assert.is((await failureOf(() => deriveBfmFront(folder))).fields.got, '3 entries');
  writeFileSync(at('deviations'), Array.from({ length: 79 }, () => 1).join('\n'));
  truncateSync(at('expressions'), 1000);
  assert.match((await failureOf(() => deriveBfmFront(folder))).fields.got!, /79 components, 1000 bytes/);
  rmSync(at('head'));
  assert.is((await failureOf(() => deriveBfmFront(folder))).code, 'FLOW_FILE_MISSING');
});

test('BFM of 2017: variances become deviations, millimetres decimetres, the mean expression belongs to the mean; sizes are checked', async () => {
  await ready;
  const path = join(folder, 'bfm.h5');
  const counts = { vertices: built.vertexCount, triangles: built.triangles.length / 3 };
  const size = counts.vertices * 3;
  const basis = noise(size * 90, 8, 0.01);
  const file = new File(path, 'w');
  for (const [model, mean] of [['shape', built.meanShape.map((value) => 100 * value + 50)], ['expression', new Float32Array(size).fill(2)], ['color', new Float32Array(size).fill(0.4)]] as const) {
    file.create_group(model);
    file.create_group(`${model}/model`);
    file.create_dataset({ name: `${model}/model/mean`, data: mean });
    file.create_dataset({ name: `${model}/model/pcaBasis`, data: basis, shape: [size, 90] });
    file.create_dataset({ name: `${model}/model/pcaVariance`, data: Float32Array.from({ length: 90 }, (_, mode) => (mode + 1) ** 2) });
  }
  file.create_group('shape/representer');
  const cells = Int32Array.from(built.triangles, (_, at) => built.triangles[(at % counts.triangles) * 3 + Math.floor(at / counts.triangles)]!);
  file.create_dataset({ name: 'shape/representer/cells', data: cells, shape: [3, counts.triangles] });
  file.close();
  const raw = await readBfmH5(path, counts);
  assert.equal(raw.triangles, built.triangles);
  near(raw.meanShape[4]!, (100 * built.meanShape[4]! + 52) / 100);
  near(raw.identity.mode(6)[11]!, (basis[11 * 90 + 6]! * 7) / 100);
  near(raw.albedo!.basis.mode(6)[11]!, basis[11 * 90 + 6]! * 7);
  assert.equal([raw.identity.count, raw.expression.count], [80, 64]);

  const model = completeModel(raw, built);
  const apart = [...model.landmarks].map((vertex, landmark) => Math.hypot(...[0, 1, 2].map((axis) => built.meanShape[vertex * 3 + axis]! - built.meanShape[built.landmarks[landmark]! * 3 + axis]!)));
  assert.ok(Math.max(...apart) < 0.02, `landmarks found by laying the face on are up to ${Math.max(...apart)} dm off`);
  const size2 = await failureOf(() => readBfmH5(path, { ...counts, vertices: counts.vertices + 1 }));
  assert.match(size2.fields.cure!, /options `vertices` and `triangles`/);
  truncateSync(path, 5000);
  assert.match((await failureOf(() => readBfmH5(path, counts))).message, /HDF5|read/);
  assert.is((await failureOf(() => readBfmH5(join(folder, 'none.h5'), counts))).code, 'FLOW_FILE_MISSING');
  for (const read of [readBfmFront, readFlame, (path: string) => readBfmH5(path, counts)]) assert.match((await failureOf(() => read(folder))).message, /not a file|not HDF5/);
});

test('an HDF5 file with damaged bytes, cut or not, is read or refused with a FlowError', async () => {
  await ready;
  const path = join(folder, 'small.h5');
  const counts = { vertices: 20, triangles: 30 };
  const file = new File(path, 'w');
  for (const model of ['shape', 'expression', 'color']) {
    file.create_group(model);
    file.create_group(`${model}/model`);
    file.create_dataset({ name: `${model}/model/mean`, data: new Float32Array(60).fill(1) });
    file.create_dataset({ name: `${model}/model/pcaBasis`, data: new Float32Array(60 * 3).fill(1), shape: [60, 3] });
    file.create_dataset({ name: `${model}/model/pcaVariance`, data: Float32Array.of(3, 2, 1) });
  }
  file.create_group('shape/representer');
  file.create_dataset({ name: 'shape/representer/cells', data: new Int32Array(90), shape: [3, 30] });
  file.close();
  const good = readFileSync(path);
  let refused = 0;
  for (let round = 0; round < 150; round++) {
    const random = randomFor('brought-models.test', round);
    const bytes = Buffer.from(good);
    for (let change = 0; change < 6; change++) bytes[random.integer(bytes.length)] = random.integer(256);
    writeFileSync(path, random.uniform() < 0.2 ? bytes.subarray(0, random.integer(bytes.length)) : bytes);
    try {
      await readBfmH5(path, counts);
    } catch (error) {
      assert.instance(error, FlowError, `round ${round}: ${String(error)}`);
      refused++;
    }
  }
  assert.ok(refused > 30, `${refused} of 150 refused`);
  writeFileSync(path, good);
  assert.is((await readBfmH5(path, counts)).identity.count, 3);
});

test('ICT-FaceKit of full size: differences to the neutral mesh, quads to triangles, carried-over albedo', async () => {
  const kit = join(folder, 'FaceXModel');
  mkdirSync(kit);
  const all = 26719;
  const neutral = noise(all * 3, 9, 8);
  const quads = Array.from({ length: 9230 }, (_, quad) => [quad, quad + 1, quad + 2, quad + 3]);
  writeObj(join(kit, 'generic_neutral_mesh.obj'), neutral, quads);
  writeObj(join(kit, 'identity000.obj'), neutral.map((value, at) => value + (at % 2)));
  for (let mode = 1; mode < 80; mode++) linkSync(join(kit, 'identity000.obj'), join(kit, `identity${String(mode).padStart(3, '0')}.obj`));
  linkSync(join(kit, 'identity000.obj'), join(kit, 'jawOpen.obj'));
  const indices = { expressions: ['jawOpen'], idx_to_landmark_verts: Array.from({ length: 68 }, (_, landmark) => landmark * 90) };
  writeFileSync(join(kit, 'vertex_indices.json'), JSON.stringify(indices));
  const raw = await readIctFaceKit(kit, 'face');
  assert.equal([raw.meanShape.length, raw.triangles.length, [...raw.triangles.subarray(0, 6)]], [9409 * 3, 9230 * 6, [0, 1, 2, 0, 2, 3]]);
  assert.ok(Math.abs(raw.meanShape[5]! - neutral[5]! * 0.1) < 1e-6 && Math.abs(raw.identity.mode(3)[5]! - 0.1) < 1e-6 && Math.abs(raw.expression.mode(0)[5]! - 0.05) < 1e-6);
  writeFileSync(join(kit, 'identity007.obj'), 'v 1 2 nan\n');
  assert.match((await failureOf(() => readIctFaceKit(kit, 'face'))).message, /three finite numbers/);
  writeFileSync(join(kit, 'vertex_indices.json'), JSON.stringify({ ...indices, idx_to_landmark_verts: [1, 2] }));
  assert.match((await failureOf(() => readIctFaceKit(kit, 'face'))).message, /68 landmarks/);
});

test('FLAME: metres to decimetres, 61 expressions and three modes of the jaw, which turns its vertices about its joint', async () => {
  const path = join(folder, 'flame.safetensors');
  const template = noise(flameVertices * 3, 10, 0.1);
  const directions = noise(flameVertices * 3 * 400, 11, 0.001);
  const weights = new Float32Array(flameVertices * 5).map((_, at) => (at % 5 === 2 ? 1 : 0));
  const regressor = new Float32Array(5 * flameVertices);
  regressor[2 * flameVertices + 100] = 1;
  const tensors = (faces: Int32Array) => new Map([
    ['v_template', float32(template, [flameVertices, 3])], ['shapedirs', float32(directions, [flameVertices, 3, 400])],
    ['posedirs', float32(new Float32Array(flameVertices * 108), [flameVertices, 3, 36])], ['J_regressor', float32(regressor, [5, flameVertices])],
    ['weights', float32(weights, [flameVertices, 5])], ['faces', int32(faces, [flameTriangles, 3])],
    ['landmarks', int32(Int32Array.from({ length: 68 }, (_, landmark) => 70 * landmark), [68])],
  ]);
  const faces = Int32Array.from({ length: flameTriangles * 3 }, (_, at) => (at * 7) % flameVertices);
  writeFileSync(path, encodeSafetensors(tensors(faces)));
  const raw = await readFlame(path);
  assert.equal([raw.triangles.length, raw.identity.count, raw.expression.count], [flameTriangles * 3, 80, 64]);
  near(raw.identity.mode(79)[8]!, directions[8 * 400 + 79]! * 10);
  near(raw.expression.mode(60)[8]!, directions[8 * 400 + 360]! * 10);
  // A turn by ω about x moves (x, y, z) − J to ω (0, −z, y).
  const opened = raw.expression.mode(61);
  near(opened[9 * 3]!, 0);
  near(opened[9 * 3 + 1]!, -1.2 * (template[9 * 3 + 2]! - template[302]!));
  near(opened[9 * 3 + 2]!, 1.2 * (template[9 * 3 + 1]! - template[301]!));
  near(opened[301]!, 0);
  writeFileSync(path, encodeSafetensors(tensors(faces.fill(flameVertices, 5, 6))));
  assert.match((await failureOf(() => readFlame(path))).message, /names a vertex/);
  truncateSync(path, 1000);
  assert.match((await failureOf(() => readFlame(path))).message, /not a safetensors file/);
});

test('contracts know sizes and files without reading them', () => {
  assert.equal(bfm2009.dimensions({ path: 'x' }), { vertices: 35709, triangles: 70789 });
  assert.equal(bfm2017.dimensions({ path: 'x', vertices: 5, triangles: 6 }), { vertices: 5, triangles: 6 });
  assert.equal(ictFaceKit.dimensions({ path: 'x', region: 'narrow' }), { vertices: 6706, triangles: 13120 });
  assert.equal(flame.dimensions({ path: 'x' }), { vertices: 5023, triangles: 9976 });
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  assert.equal(bfm2009.files!({ path: empty }).map((path) => basename(path)).sort(), Object.values(derivedFiles).sort());
  writeFileSync(join(empty, 'BFM_model_front.mat'), '');
  assert.equal(bfm2009.files!({ path: empty }), [join(empty, 'BFM_model_front.mat')]);
  assert.equal([bfm2009.files!({ path: 'one.mat' }), flame.files!({ path: empty }), bfm2017.files!({ path: 'a.h5', vertices: 5, triangles: 6 })], [['one.mat'], [], ['a.h5']]);
});

test('what a file lacks is carried over: on the built face itself the albedo, the skin and the dense landmarks come back', () => {
  const model = completeModel(disguised(), built);
  const points = fivePoints([...model.landmarks].flatMap((vertex) => [...model.meanShape.subarray(vertex * 3, vertex * 3 + 3)]), 3);
  points.forEach((point, index) => assert.ok(Math.hypot(...point.map((value, axis) => value - standardPoints[index]![axis]!)) < 0.08));
  let worst = 0;
  model.meanAlbedo.forEach((value, at) => (worst = Math.max(worst, Math.abs(value - built.meanAlbedo[at]!))));
  assert.ok(worst < 1e-3, `albedo ${worst}`);
  assert.equal(model.skinMask, built.skinMask);
  let off = 0;
  model.albedoBasis.forEach((value, at) => (off = Math.max(off, Math.abs(value - built.albedoBasis[at]!))));
  assert.ok(off < 1e-3, `albedo modes ${off}`);
  const place = (face: FaceModel, point: number): number[] => [0, 1, 2].map((axis) => [0, 1, 2].reduce((sum, corner) => {
    const vertex = face.denseLandmarks.vertices[point * 3 + corner]!;
    return sum + face.denseLandmarks.weights[point * 3 + corner]! * built.meanShape[vertex * 3 + axis]!;
  }, 0));
  const moved = Array.from({ length: 468 }, (_, point) => Math.hypot(...place(model, point).map((value, axis) => value - place(built, point)[axis]!)));
  assert.ok(Math.max(...moved) < 0.03, `dense landmarks are up to ${Math.max(...moved)} dm off: point ${moved.indexOf(Math.max(...moved))}`);
  assert.equal(model.activeModes, { identity: 3, expression: 0, albedo: 80 });
  assert.is(model.identityBasis[5 * 80 + 3], 0);
  const agreed = model.mirror.filter((vertex, at) => vertex === built.mirror[at]).length;
  assert.ok(agreed > 0.99 * built.vertexCount, `mirror pairs: ${agreed} of ${built.vertexCount} agree`);
});

test.run();
