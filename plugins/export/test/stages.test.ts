import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { validateBytes } from 'gltf-validator';
import { float32, uint8, type FlowError, type HostTensor, type SinkFunction, type StageContext, type TObject } from '../../../framework/index.js';
import { readPng } from '../host/png.js';
import { plugin } from '../plugin.js';
import { dome, plain, withFolder } from './samples.js';

const { vertices, triangles, colours } = dome();
const points = float32(vertices, [20, 3]);
const albedo = float32(colours, [20, 3]);
const light = float32(new Float32Array(27), [27]);
const test = suite('export: stages');

interface Loadable {
  readonly options: TObject;
  readonly load: () => Promise<{ readonly stage: { create(context: object): Promise<SinkFunction> } }>;
}

async function open(name: string, options: object, folder: string): Promise<(inputs: Record<string, HostTensor>, key: string, step?: number) => Promise<void>> {
  const sink = await sinkOf(name, options, folder);
  return (inputs, key, step = 0) => sink.write(inputs as never, { key, step });
}

async function sinkOf(name: string, options: object, folder: string, face: object = {}): Promise<SinkFunction> {
  const { stage } = await (plugin.stages![name] as unknown as Loadable).load();
  const context: StageContext<never, never> & { folder: string } = {
    options: Value.Default((plugin.stages![name] as unknown as Loadable).options, { ...options }) as never, stage: name, resource: (() => ({ triangles, vertexCount: 20, ...face })) as never, log: () => undefined, folder,
  };
  return stage.create(context);
}

test('mesh writes the formats asked for, in their units', () => withFolder(async (folder) => {
  const write = await open('mesh', { formats: ['glb', 'obj', 'ply'], units: 'mm' }, folder);
  await write({ vertices: points, albedo }, 'group/face 1');
  const names = (await readdir(folder)).sort();
  assert.equal(names.map((name) => name.replace(/-[0-9a-f]{8}/, '')), ['group_face_1.glb', 'group_face_1.obj', 'group_face_1.ply']);
  const report = await validateBytes(new Uint8Array(await readFile(join(folder, names[0]!))));
  assert.is(report.issues.numErrors, 0);
  const first = (await readFile(join(folder, names[1]!), 'utf8')).split('\n').find((line) => line.startsWith('v '))!;
  assert.equal(first.split(' ').slice(1, 3).map(Number), [-75, 80]);
  await (await open('mesh', { formats: ['ply'], units: 'm' }, folder))({ vertices: points, albedo }, 'other');
  assert.is((await readdir(folder)).length, 4);
}));

test('mesh takes the posed or the canonical mesh, and exactly one of them', () => withFolder(async (folder) => {
  const write = await open('mesh', { formats: ['ply'] }, folder);
  await write({ shape: points, albedo }, 'canonical');
  for (const inputs of [{ albedo }, { albedo, shape: points, vertices: points }] as Record<string, HostTensor>[]) {
    const error = await write(inputs, 'wrong').catch((reason: unknown) => reason);
    assert.is((error as FlowError).code, 'FLOW_EDGE');
  }
  assert.equal(await readdir(folder), ['canonical.ply']);
}));

test('mesh writes a texture where the face model has coordinates, and refuses where it has none', () => withFolder(async (folder) => {
  const uvs = Float32Array.from({ length: 40 }, (_, index) => (index % 2 ? 1 - (index >> 3) / 4 : ((index >> 1) & 3) / 3));
  const textured = await sinkOf('mesh', { texture: 32 }, folder, { uvs });
  await textured.write({ vertices: points, albedo } as never, { key: 'a', step: 0 });
  assert.equal((await readdir(folder)).sort(), ['a-albedo.png', 'a.glb', 'a.mtl', 'a.obj', 'a.ply']);
  assert.match(await readFile(join(folder, 'a.mtl'), 'utf8'), /map_Kd a-albedo\.png/);
  assert.is((await validateBytes(new Uint8Array(await readFile(join(folder, 'a.glb'))))).issues.numErrors, 0);
  const error = await (await open('mesh', { texture: 32 }, folder))({ vertices: points, albedo }, 'b').catch((reason: unknown) => reason);
  assert.is((error as FlowError).code, 'FLOW_OPTION');
}));

test('images writes each image and a strip, in the order of the inputs', () => withFolder(async (folder) => {
  const write = await open('images', { scale: 2, strip: true, single: true }, folder);
  await write({ input: plain(30, 30, [1, 0, 0]), render: plain(30, 30, [0, 0, 1]) }, 'a');
  assert.equal((await readdir(folder)).sort(), ['a-input.png', 'a-render.png', 'a.png']);
  const strip = await readPng(await readFile(join(folder, 'a.png')));
  assert.equal([strip.width, strip.height], [4 + 64 + 64, 17 + 17 + 60 + 4]);
  const at = (column: number): number[] => Array.from(strip.data.slice((60 * strip.width + column) * 3, (60 * strip.width + column) * 3 + 3));
  assert.equal([at(30), at(100)], [[255, 0, 0], [0, 0, 255]]);
}));

test('sheet gathers an occasion into one file, up to its number of rows', () => withFolder(async (folder) => {
  const sink = await sinkOf('sheet', { samples: 2, scale: 1 }, folder);
  for (const key of ['a', 'b']) {
    assert.not.ok(sink.full!());
    await sink.write({ input: plain(20, 30, [0, 1, 0]) } as never, { key, step: 100 });
  }
  assert.ok(sink.full!());
  assert.equal(await readdir(folder), []);
  await sink.close!({ step: 100 });
  assert.equal(await readdir(folder), ['step-000100.png']);
  const sheet = await readPng(await readFile(join(folder, 'step-000100.png')));
  assert.is(sheet.height, 17 + 2 * (17 + 20) + 4);
}));

test('overlay writes the crop and the photo, and asks for both inputs or neither', () => withFolder(async (folder) => {
  const write = await open('overlay', { opacity: 1 }, folder);
  const crop = { image: plain(8, 8, [0, 1, 0]), render: plain(8, 8, [1, 0, 0]), coverage: float32(new Float32Array(64).fill(1), [8, 8, 1]) };
  const photo = uint8(new Uint8Array(20 * 30 * 3), [20, 30, 3]);
  const transform = float32([1, 0, -10, 0, 1, -5], [2, 3]);
  await write(crop, 'plain');
  await write({ ...crop, photo, transform }, 'full', 7);
  assert.equal((await readdir(folder)).sort(), ['plain-crop.png', 'step-000007']);
  const whole = await readPng(await readFile(join(folder, 'step-000007', 'full-photo.png')));
  assert.equal([whole.width, whole.height], [30, 20]);
  assert.equal(Array.from(whole.data.slice((9 * 30 + 14) * 3, (9 * 30 + 14) * 3 + 3)), [255, 0, 0]);
  assert.equal(Array.from(whole.data.slice(0, 3)), [0, 0, 0]);
  const error = await write({ ...crop, photo }, 'half').catch((reason: unknown) => reason);
  assert.match((error as Error).message, /Without both "photo" and "transform"/);
  assert.is((error as FlowError).code, 'FLOW_SAMPLE');
}));

test('turntable writes one strip', () => withFolder(async (folder) => {
  const write = await open('turntable', { views: 3, range: 40, size: 32 }, folder);
  await write({ vertices: points, albedo, light }, 'a');
  const strip = await readPng(await readFile(join(folder, 'a.png')));
  assert.is(strip.width, 4 + 3 * 36);
}));

test.run();
