import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { useEngine } from '../../../framework/device/index.js';
import { float32, type HostTensor } from '../../../framework/index.js';
import { buildDeviceStage, close, normalTensor, runDeviceStage, testStage, uniformTensor } from '../../../framework/testing/index.js';
import { blend, constant, fuse, refine, type MirroredMesh } from '../plugin.js';
import { heightField } from './height-field.js';

const { positions, triangles } = heightField(9, 7, (x, y) => x * y);
/** Rows of nine vertices, mirrored end to end. */
const mirror = Int32Array.from({ length: 63 }, (_, vertex) => vertex - (vertex % 9) + 8 - (vertex % 9));
const face: MirroredMesh = { vertexCount: 63, triangles, meanShape: positions, mirror };
const dimensions = { 'face.vertices': 63 };
const albedo = uniformTensor([2, 63, 3], 0.2, 0.9);
const small = { terms: 3, widths: [4, 5, 3] };

testStage('gcn-refiner/refine', refine, { options: small, dimensions, resources: { face }, inputs: { albedo } });
testStage('gcn-refiner/refine, pooled', refine, { options: { ...small, pooled: true }, dimensions, resources: { face }, inputs: { albedo } });
const looked = { albedo, seen: uniformTensor([2, 63, 3], 0.1, 0.8, 'seen'), visible: uniformTensor([2, 63, 1], 0, 1, 'visible') };
testStage('gcn-refiner/blend', blend, { options: small, dimensions, resources: { face }, inputs: looked }, { differentiable: ['albedo'] });
testStage('gcn-refiner/constant', constant, { dimensions, resources: { face }, inputs: { albedo } });
testStage('gcn-refiner/fuse', fuse, { dimensions, resources: { face }, inputs: { albedo, mesh: normalTensor([2, 63, 3]), features: normalTensor([2, 63, 3], 'f') } });

test.before(async () => {
  await useEngine('wasm');
});

test('refine starts at zero, has four blocks, and paints once its last layer is not zero', async () => {
  const stage = await buildDeviceStage(refine, { options: small, dimensions, resources: { face }, inputs: { albedo } });
  const before = await stage.run({ albedo });
  assert.ok(before.residual!.data.every((value) => value === 0));
  const kernels = stage.variables.filter(({ name }) => name.endsWith('conv2/kernel'));
  assert.is(kernels.length, 4);
  const last = kernels[3]!;
  assert.equal(last.variable.shape, [3, 3, 3]);
  stage.store.set(last.name, normalTensor(last.variable.shape));
  const after = await stage.run({ albedo });
  assert.ok(after.residual!.data.some((value) => Math.abs(value) > 0.01));
  stage.dispose();
});

test('blend starts as nine parts of the photo to one of the model and one of the mirrored vertex, as far as each is seen', async () => {
  const visible = float32(Float32Array.from({ length: 126 }, (_, v) => [0, 0.5, 1][v % 3]!), [2, 63, 1]);
  const { albedo: blended, sources } = await runDeviceStage(blend, { options: small, dimensions, resources: { face }, inputs: { ...looked, visible } });
  const at = (tensor: HostTensor, v: number, channel: number): number => tensor.data[3 * v + channel]!;
  const otherOf = (v: number): number => v - (v % 63) + mirror[v % 63]!;
  const shares = Array.from({ length: 126 }, (_, v) => {
    const odds = [1, 9 * visible.data[v]!, visible.data[otherOf(v)]!];
    return odds.map((one) => one / (odds[0]! + odds[1]! + odds[2]!));
  });
  close(sources!.data, shares.flat());
  const total = (sample: number, of: (v: number) => number): number => Array.from({ length: 63 }, (_, v) => of(63 * sample + v)).reduce((sum, value) => sum + value, 0);
  for (let v = 0; v < 126; v++) {
    const [sample, other] = [Math.floor(v / 63), otherOf(v)];
    close([0, 1, 2].map((c) => at(blended!, v, c)), [0, 1, 2].map((c) => {
      const prior = 0.01 * total(sample, (one) => at(albedo, one, c));
      const believed = (tensor: HostTensor): number => prior + total(sample, (one) => shares[one]![1]! * at(tensor, one, c));
      const gain = believed(looked.seen) / believed(albedo);
      return shares[v]![0]! * gain * at(albedo, v, c) + shares[v]![1]! * at(looked.seen, v, c) + shares[v]![2]! * at(looked.seen, other, c);
    }));
  }
});

test('what the photo does not show leaves no trace in the blend', async () => {
  const hidden = { ...looked, visible: float32(new Float32Array(126), [2, 63, 1]) };
  const stage = await buildDeviceStage(blend, { options: small, dimensions, resources: { face }, inputs: hidden });
  const last = stage.variables.filter(({ name }) => name.endsWith('conv2/kernel'))[3]!;
  stage.store.set(last.name, normalTensor(last.variable.shape));
  close((await stage.run(hidden)).albedo!.data, albedo.data);
  const shown = (await stage.run(looked)).sources!.data;
  assert.ok(new Set(Array.from(shown, (share) => share.toFixed(3))).size > 100, 'the network has no say');
  stage.dispose();
});

test('constant starts at zero and adds the same to every face', async () => {
  const stage = await buildDeviceStage(constant, { dimensions, resources: { face }, inputs: { albedo } });
  assert.ok((await stage.run({ albedo })).residual!.data.every((value) => value === 0));
  const learned = normalTensor([63, 3], 'learned');
  stage.store.set(stage.variables[0]!.name, learned);
  close((await stage.run({ albedo })).residual!.data, [...learned.data, ...learned.data]);
  stage.dispose();
});

test('fuse adds the mean of what is connected to the coarse albedo', async () => {
  const [mesh, features] = [normalTensor([2, 63, 3], 'm'), normalTensor([2, 63, 3], 'f')];
  const run = async (inputs: object, options = {}): Promise<Float32Array> =>
    (await runDeviceStage(fuse, { dimensions, resources: { face }, options, inputs: { albedo, ...inputs } })).albedo!.data as Float32Array;
  close(await run({ mesh, features }), albedo.data.map((value, index) => value + (mesh.data[index]! + features.data[index]!) / 2));
  close(await run({ features }), albedo.data.map((value, index) => value + features.data[index]!));
  close(await run({}), albedo.data);
  close(await run({ mesh, features }, { mode: 'absolute' }), albedo.data.map((_, index) => 0.5 + (mesh.data[index]! + features.data[index]!) / 2));
});

test.run();
