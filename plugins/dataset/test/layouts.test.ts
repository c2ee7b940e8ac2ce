/** Data sets in their official layouts, as small stand-ins made here. */
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';
import sharp from 'sharp';
import { pack } from 'tar-stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor, SampleError } from '../../../framework/index.js';
import { close, runHostStage } from '../../../framework/testing/index.js';
import { listPhotos } from '../host/list-photos.js';
import type { FaceTruth } from '../host/listed-photo.js';
import { landmarks5, landmarks68 } from '../plugin.js';
import { stage } from '../stages/faces.js';

const defaults = { photos: '', split: 'all', testShare: 0.25, faces: 'largest', limit: 0, shuffle: false, maxMegapixels: 100 } as const;

function open(photos: string, options: object = {}) {
  return stage.open({ options: { ...defaults, photos, ...options } as never, stage: 'photo', log: () => undefined, remembered: (_, compute) => compute(), resource: () => undefined as never });
}

async function keysOf(photos: string, options: object = {}): Promise<string[]> {
  const source = await open(photos, options);
  return Array.from({ length: source.length }, (_, index) => source.key(index));
}

let folder = '';
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layouts-'));
});
test.after(() => rm(folder, { recursive: true }));

/** A plain picture whose red says which it is. */
async function photo(file: string, red = 0, size = [12, 10]): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await sharp({ create: { width: size[0], height: size[1], channels: 3, background: { r: red, g: 0, b: 0 } } }).png().toFile(`${file}.part`);
  await writeFile(file, await readFile(`${file}.part`));
  await rm(`${file}.part`);
  return file;
}

/** A MAT file of level 5, written by the format's description: matrices of doubles, uncompressed. */
function matFile(matrices: Readonly<Record<string, { rows: number; columns: number; values: readonly number[] }>>): Buffer {
  const element = (type: number, data: Buffer): Buffer => {
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(type, 0);
    tag.writeUInt32LE(data.length, 4);
    return Buffer.concat([tag, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
  };
  const head = Buffer.alloc(128, ' ');
  head.write('MATLAB 5.0 MAT-file');
  head.writeUInt16LE(0x0100, 124);
  head.write('IM', 126);
  const parts = Object.entries(matrices).map(([name, { rows, columns, values }]) => {
    const flags = Buffer.alloc(8);
    flags.writeUInt32LE(6, 0);
    const shape = Buffer.alloc(8);
    shape.writeInt32LE(rows, 0);
    shape.writeInt32LE(columns, 4);
    const numbers = Buffer.from(Float64Array.from(values).buffer);
    return element(14, Buffer.concat([element(6, flags), element(5, shape), element(1, Buffer.from(name)), element(9, numbers)]));
  });
  return Buffer.concat([head, ...parts]);
}

test('CelebA: official split, identities, landmarks of the aligned photos', async () => {
  const root = join(folder, 'celeba');
  for (const number of [1, 2, 3]) await photo(join(root, 'img_align_celeba', `00000${number}.jpg`), number);
  await photo(join(root, 'img_celeba', '000001.jpg'), 9);
  await mkdir(join(root, 'Anno'));
  await writeFile(join(root, 'list_eval_partition.txt'), '000001.jpg 0\n000002.jpg 1\n000003.jpg 2\n');
  await writeFile(join(root, 'Anno', 'identity_CelebA.txt'), '000001.jpg 2880\n000002.jpg 2937\n000003.jpg 8692\n');
  await writeFile(join(root, 'Anno', 'list_landmarks_align_celeba.txt'),
    '3\r\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y\r\n'
    + '000001.jpg 69  109  106  113   77  142   73  152  108  154\r\n000002.jpg 69 110 107 112 81 135 70 151 108 153\r\n');
  await writeFile(join(root, 'Anno', 'list_landmarks_celeba.txt'), '1\nx\n000001.jpg 165 184 244 176 196 249 194 271 266 260\n');
  await writeFile(join(root, 'Anno', 'list_bbox_celeba.txt'), '1\nimage_id x_1 y_1 width height\n000001.jpg 2 3 6 5\n');
  assert.equal(await keysOf(root), ['000001.jpg', '000002.jpg', '000003.jpg']);
  for (const [split, name] of [['train', '000001.jpg'], ['validation', '000002.jpg'], ['test', '000003.jpg']]) assert.equal(await keysOf(root, { split }), [name]);
  const { truth, face } = await (await open(root)).read(0);
  assert.is(face, null);
  assert.is(truth!.identity, '2880');
  const { points } = await runHostStage(landmarks5, { inputs: { truth } }) as { points: HostTensor };
  assert.equal([...points.data], [69.5, 109.5, 106.5, 113.5, 77.5, 142.5, 73.5, 152.5, 108.5, 154.5]);
  const bare = await (await open(root)).read(2);
  const refused = await Promise.resolve(runHostStage(landmarks5, { inputs: { truth: bare.truth } })).catch((error: unknown) => error as SampleError);
  assert.is((refused as SampleError).fields.reason, 'no-truth');
  // In the wild: named by its photo folder, with the box of its own list, which moves the landmarks along.
  const wild = await (await open(join(root, 'img_celeba'))).read(0);
  assert.equal(wild.face!.box, [2, 3, 6, 5]);
  assert.equal(wild.truth!.landmarks5!.slice(0, 2), [165.5, 184.5]);
});

test('AFLW2000-3D: 68 landmarks, yaw and the face\'s box from the MAT file; a damaged one costs its sample', async () => {
  const root = join(folder, 'aflw');
  const values = Array.from({ length: 204 }, (_, index) => (index % 3 === 2 ? -index : 3 + (index % 7) + index / 100));
  const pose = [0.1, -0.7, 0.2, 100, 120, -60, 0.001];
  for (const name of ['image00002', 'image00004']) await photo(join(root, `${name}.jpg`));
  await writeFile(join(root, 'image00002.mat'), matFile({
    pt2d: { rows: 2, columns: 1, values: [1, 2] }, Pose_Para: { rows: 1, columns: 7, values: pose }, pt3d_68: { rows: 3, columns: 68, values },
  }));
  await writeFile(join(root, 'image00004.mat'), matFile({ Pose_Para: { rows: 1, columns: 7, values: pose } }).subarray(0, 150));
  const source = await open(root);
  const { truth, face } = await source.read(0);
  const { landmarks, yaw } = await runHostStage(landmarks68, { inputs: { truth } }) as { landmarks: HostTensor; yaw: HostTensor };
  close(landmarks.data, values.filter((_, index) => index % 3 !== 2).map((value) => value - 0.5), { atol: 1e-5 });
  close(yaw.data, [-0.7], { atol: 1e-6 });
  const xs = Array.from(landmarks.data).filter((_, index) => index % 2 === 0);
  close(face!.box.slice(0, 3), [Math.min(...xs), Math.min(...Array.from(landmarks.data).filter((_, index) => index % 2 === 1)), Math.max(...xs) - Math.min(...xs)], { atol: 1e-4 });
  const error = await source.read(1).then(() => undefined, (thrown: unknown) => thrown as SampleError);
  assert.is(error?.fields.reason, 'label-unreadable');
  assert.match(error!.message, /image00004\.mat/);
});

test('LFW: people are folders, the official lists split them, and nobody is on both sides', async () => {
  const root = join(folder, 'lfw');
  const people = ['Ann_Lee', 'Bob_Ray', 'Cy_Wu'];
  for (const person of people) for (const number of ['0001', '0002']) await photo(join(root, person, `${person}_${number}.jpg`));
  const listed = await listPhotos(root);
  assert.equal(listed.map(({ identity }) => identity), people.flatMap((person) => [person, person]));
  const side = async (split: string) => new Set((await keysOf(root, { split, testShare: 0.5 })).map((key) => key.split('/')[0]));
  const [train, testing] = [await side('train').catch(() => new Set<string>()), await side('test').catch(() => new Set<string>())];
  assert.is(train.size + testing.size, 3);
  await writeFile(join(root, 'peopleDevTrain.txt'), '2\nAnn_Lee\t2\nCy_Wu\t2\n');
  await writeFile(join(root, 'peopleDevTest.txt'), '1\nBob_Ray\t2\n');
  assert.equal(await keysOf(root, { split: 'test' }), ['Bob_Ray/Bob_Ray_0001.jpg', 'Bob_Ray/Bob_Ray_0002.jpg']);
});

test('UTKFace: labels in the names, one odd name among many', async () => {
  const root = join(folder, 'utk');
  for (let number = 0; number < 12; number++) await photo(join(root, `${20 + number}_${number % 2}_${number % 5}_2017011617433750${number % 10}${number}.jpg.chip.jpg`));
  await photo(join(root, '61_3_20170109150557335.jpg.chip.jpg'));
  const listed = await listPhotos(root);
  assert.is(listed.length, 13);
  assert.equal(listed[1].labels, { age: 21, sex: 'female', ethnicity: 'black' });
  assert.is(listed.at(-1)!.labels, undefined);
});

test('tar: photos are read in place, JSON beside them gives labels, long names and folders are kept', async () => {
  const archive = join(folder, 'shard.tar');
  const long = `${'deep/'.repeat(40)}last.png`;
  const writer = pack();
  const done = pipeline(writer, createWriteStream(archive));
  const bytes = async (red: number) => readFile(await photo(join(folder, 'one.png'), red));
  writer.entry({ name: '000/a.png' }, await bytes(10));
  writer.entry({ name: '000/a.json' }, JSON.stringify({ identity: 7, split: 'test', age: 30 }));
  writer.entry({ name: 'notes.txt' }, 'not a photo');
  writer.entry({ name: long }, await bytes(200));
  writer.finalize();
  await done;
  assert.equal(await keysOf(archive), ['000/a.png', long]);
  assert.equal(await keysOf(archive, { split: 'test', testShare: 0 }), ['000/a.png']);
  const source = await open(archive);
  assert.equal([(await source.read(0)).photo.data[0], (await source.read(1)).photo.data[0]], [10, 200]);
  const { identity, labels } = (await source.read(0)).truth as FaceTruth;
  assert.equal([identity, labels], ['7', { age: 30 }]);
  await writeFile(archive, (await readFile(archive)).subarray(0, 700));
  const error = await listPhotos(archive).then(() => undefined, (thrown: unknown) => thrown as Error);
  assert.match(error?.message ?? '', /shard\.tar cannot be read/);
});

test('a folder of several data sets: each is read by its layout and named; unreadable parts stand in the list', async () => {
  const root = join(folder, 'sets');
  await photo(join(root, 'mine', 'img', 'a.png'), 1);
  await writeFile(join(root, 'mine', 'index.csv'), 'file,identity,split,age\nimg/a.png,ann,test,41\n');
  for (const person of ['Ann_Lee', 'Bob_Ray']) await photo(join(root, 'people', person, `${person}_0001.png`));
  await photo(join(root, 'loose', 'x\ny.png'));
  await symlink(join(root, 'nowhere.png'), join(root, 'loose', 'broken.png'));
  await appendFile(join(root, 'loose', 'cut.tar'), 'no archive');
  const listed = await listPhotos(root);
  assert.equal(listed.map(({ name, set }) => [name, set ?? '']), [
    ['loose/broken.png', ''], ['loose/cut.tar', ''], ['loose/x\ny.png', ''], ['mine/img/a.png', 'mine'],
    ['people/Ann_Lee/Ann_Lee_0001.png', 'people'], ['people/Bob_Ray/Bob_Ray_0001.png', 'people'],
  ]);
  assert.equal(listed[3].labels, { age: '41' });
  const source = await open(root);
  const reasons = await Promise.all([0, 1].map((index) => source.read(index).then(() => '', (error: SampleError) => error.fields.reason)));
  assert.equal(reasons, ['photo-unreadable', 'photo-format']);
  assert.equal((await source.read(2)).photo.shape, [10, 12, 3]);
  assert.is((await source.read(3)).set, 'mine');
});

test.run();
