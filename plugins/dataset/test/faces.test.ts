import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp, { type Sharp } from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FlowError, SampleError } from '../../../framework/index.js';
import { builtInFaces } from '../host/built-in-faces.js';
import { listPhotos } from '../host/list-photos.js';
import { stage } from '../stages/faces.js';

const defaults = { photos: 'builtin', split: 'all', testShare: 0.25, faces: 'largest', limit: 0, shuffle: false, maxMegapixels: 100 } as const;
type Options = { -readonly [K in keyof typeof defaults]: (typeof defaults)[K] extends number ? number : (typeof defaults)[K] extends boolean ? boolean : string };

type Remembered = Parameters<typeof stage.open>[0]['remembered'];

function open(options: Partial<Options>, remembered: Remembered = (_, compute) => compute()) {
  return stage.open({
    options: { ...defaults, ...options } as never, stage: 'photo', log: () => undefined, remembered,
    resource: () => { throw new Error('no resources'); },
  });
}

async function keysOf(options: Partial<Options>): Promise<string[]> {
  const source = await open(options);
  return Array.from({ length: source.length }, (_, index) => source.key(index));
}

async function refusal(run: () => Promise<unknown>): Promise<FlowError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

let folder = '';
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faces-'));
});
test.after(() => rm(folder, { recursive: true }));

/** A picture of 6 × 4 pixels: left half red, right half blue. */
function flag(): Sharp {
  return sharp({ create: { width: 6, height: 4, channels: 3, background: '#0000ff' } })
    .composite([{ input: { create: { width: 3, height: 4, channels: 3, background: '#ff0000' } }, left: 0, top: 0 }]);
}

test('a glance tells a changed photo without reading it, and its read gives what `read` gives', async () => {
  const file = join(folder, 'glanced', 'a.png');
  await mkdir(join(folder, 'glanced'));
  const bytes = await flag().png({ compressionLevel: 0 }).toBuffer();
  await writeFile(file, bytes);
  const glanceAt = async (options: Partial<Options> = {}) => (await open({ photos: join(folder, 'glanced'), ...options })).glance!(0);
  const first = await glanceAt();
  assert.match(first.fingerprint, /^[\w-]{43}$/);
  assert.is((await glanceAt()).fingerprint, first.fingerprint);
  assert.is.not((await glanceAt({ maxMegapixels: 50 })).fingerprint, first.fingerprint);
  assert.equal(await first.read(), await (await open({ photos: join(folder, 'glanced') })).read(0));
  await setTimeout(25);
  await writeFile(file, bytes);
  assert.is.not((await glanceAt()).fingerprint, first.fingerprint, 'written anew');
});

test('built-in: 22 faces, a quarter for testing, nobody on both sides', async () => {
  assert.is((await keysOf({})).length, 22);
  const [train, testing] = [await keysOf({ split: 'train' }), await keysOf({ split: 'test' })];
  assert.is(train.length, 16);
  assert.is(testing.length, 6);
  const people = (split: string) => new Set(builtInFaces.filter((face) => face.split === split).map((face) => face.person));
  assert.is([...people('train')].filter((person) => people('test').has(person)).length, 0);
});

test('built-in: a sample is the surroundings of one face, and the hint points at it', async () => {
  const source = await open({ limit: 3 });
  assert.is(source.length, 3);
  const { photo, face, name } = await source.read(1);
  assert.is(name, source.key(1));
  assert.is(photo.dtype, 'uint8');
  const [height, width] = photo.shape;
  const [left, top, boxWidth, boxHeight] = face!.box;
  assert.ok(width >= 2 * boxWidth && height >= 2 * boxHeight, 'room around the face');
  assert.ok(left > 0 && top > 0 && left + boxWidth < width && top + boxHeight < height);
  assert.equal((await source.read(1)).photo.data, photo.data);
});

test('shuffle is a fixed permutation; limit keeps its beginning', async () => {
  const shuffled = await keysOf({ shuffle: true });
  assert.not.equal(shuffled, await keysOf({}));
  assert.equal([...shuffled].sort(), [...(await keysOf({}))].sort());
  assert.equal(await keysOf({ shuffle: true, limit: 5 }), shuffled.slice(0, 5));
});

test('folder: searched through, sorted by name, odd names, links followed once, other files left out', async () => {
  const root = join(folder, 'tree');
  await mkdir(join(root, 'b', 'deep'), { recursive: true });
  for (const name of ['z.JPG', 'b/ä ö#%.png', 'b/deep/1.webp', 'a b.jpeg']) await flag().toFile(join(root, name));
  await writeFile(join(root, 'notes.txt'), 'not a photo');
  await symlink(root, join(root, 'b', 'loop'));
  await symlink(join(root, 'z.JPG'), join(root, 'link.jpg'));
  const keys = await keysOf({ photos: root });
  assert.equal(keys, ['a b.jpeg', 'b/deep/1.webp', 'b/ä ö#%.png', 'link.jpg', 'z.JPG']);
  const source = await open({ photos: root });
  for (let index = 0; index < source.length; index++) assert.equal((await source.read(index)).photo.shape, [4, 6, 3]);
});

test('one file', async () => {
  await flag().png().toFile(join(folder, 'me.png'));
  const source = await open({ photos: join(folder, 'me.png') });
  assert.is(source.length, 1);
  const { photo, face } = await source.read(0);
  assert.is(face, null);
  assert.equal([...photo.data.slice(0, 3)], [255, 0, 0]);
  assert.equal([...photo.data.slice(15, 18)], [0, 0, 255]);
});

test('index: splits of the data are kept, quoted names are read', async () => {
  const root = join(folder, 'indexed');
  await mkdir(root);
  await flag().png().toFile(join(root, 'a,b.png'));
  await flag().png().toFile(join(root, 'c.png'));
  await writeFile(join(root, 'index.csv'), '\uFEFFfile,identity,split\r\n"a,b.png",ann,test\r\nc.png,bob,train\r\n');
  assert.equal(await keysOf({ photos: root, split: 'test' }), ['a,b.png']);
  assert.equal(await keysOf({ photos: join(root, 'index.csv'), split: 'train' }), ['c.png']);
  assert.is((await (await open({ photos: root })).read(0)).photo.shape[1], 6);
});

test('without a split in the data, people are drawn: all photos of one stay together, new ones move nobody', async () => {
  const rows = Array.from({ length: 400 }, (_, index) => `${index}.jpg,person ${index % 100},`);
  const write = (count: number) => writeFile(join(folder, 'people.csv'), ['file,identity,split', ...rows.slice(0, count)].join('\n'));
  await write(400);
  const testing = await keysOf({ photos: join(folder, 'people.csv'), split: 'test' });
  assert.ok(testing.length > 60 && testing.length < 140, `${testing.length} of 400`);
  const people = new Set(testing.map((name) => parseInt(name) % 100));
  assert.is(testing.length, people.size * 4);
  await write(300);
  assert.equal(await keysOf({ photos: join(folder, 'people.csv'), split: 'test' }), testing.filter((name) => parseInt(name) < 300));
});

test('convention: photos are upright RGB with 8 bits, whatever the file holds', async () => {
  const read = async (file: string) => (await (await open({ photos: file })).read(0)).photo;
  const turned = join(folder, 'turned.jpg');
  await flag().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(turned);
  const upright = await read(turned);
  assert.equal(upright.shape, [6, 4, 3]);
  assert.ok(upright.data[0] > 200 && upright.data[upright.data.length - 1] > 200, 'red on top, blue below');
  const files = {
    grey: flag().greyscale().png(), transparent: sharp({ create: { width: 6, height: 4, channels: 4, background: '#ff000000' } }).png(), cmyk: flag().toColourspace('cmyk').tiff(),
    deep: flag().toColourspace('rgb16').png(), palette: flag().png({ palette: true }),
  };
  for (const [name, image] of Object.entries(files)) {
    const file = join(folder, `${name}.${name === 'cmyk' ? 'tif' : 'png'}`);
    await image.toFile(file);
    const photo = await read(file);
    assert.equal(photo.shape, [4, 6, 3], name);
    assert.is(photo.data.length, 72, name);
  }
  assert.equal([...(await read(join(folder, 'transparent.png'))).data.slice(0, 3)], [0, 0, 0]);
  assert.ok((await read(join(folder, 'deep.png'))).data[0] > 250);
});

test('damaged input is answered with the file, and only its sample is lost', async () => {
  const root = join(folder, 'damaged');
  await mkdir(root);
  const whole = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).jpeg().toBuffer();
  await writeFile(join(root, '1-cut.jpg'), whole.subarray(0, whole.length / 2));
  await writeFile(join(root, '2-empty.jpg'), '');
  await writeFile(join(root, '3-text.jpg'), 'this is no picture');
  await writeFile(join(root, '4-good.jpg'), whole);
  await symlink(join(root, 'nowhere'), join(root, '5-broken.jpg'));
  const source = await open({ photos: root });
  assert.is(source.length, 5);
  for (const [index, words] of [[0, /1-cut\.jpg.*damaged/], [1, /2-empty\.jpg.*zero bytes/], [2, /3-text\.jpg.*not an image/], [4, /5-broken\.jpg.*cannot be read/]] as const) {
    const error = await refusal(() => source.read(index));
    assert.instance(error, SampleError);
    assert.match(error.message, words);
    assert.ok(error.fields.cure);
  }
  assert.is((await source.read(3)).photo.shape[0], 200);
  const large = await refusal(async () => (await open({ photos: join(root, '4-good.jpg'), maxMegapixels: 0.03 })).read(0));
  assert.match(large.message, /too large/);
});

test('a path that does not exist, a folder without photos and an empty part are configuration errors', async () => {
  await mkdir(join(folder, 'empty'));
  for (const options of [{ photos: join(folder, 'nowhere') }, { photos: join(folder, 'empty') }, { split: 'test', photos: join(folder, 'me.png'), testShare: 0 }]) {
    const error = await refusal(() => open(options));
    assert.is(error.code, 'FLOW_FILE_MISSING');
    assert.is(error.exitCode, 2);
  }
});

test('faces: all gives one sample for each face of a photo, and looks for them once', async () => {
  const { file } = (await listPhotos('builtin')).find(({ name }) => name === 'sample6-01')!;
  const known = new Map<string, unknown>();
  let looks = 0;
  const remembered: Remembered = async (content, compute) => {
    const key = JSON.stringify(content);
    if (!known.has(key)) {
      looks++;
      known.set(key, await compute());
    }
    return known.get(key) as Awaited<ReturnType<typeof compute>>;
  };
  const source = await open({ photos: file, faces: 'all' }, remembered);
  assert.is(source.length, 4);
  const keys = Array.from({ length: 4 }, (_, index) => source.key(index));
  assert.is(new Set(keys).size, 4);
  assert.ok((await source.read(2)).face);
  const again = await open({ photos: file, faces: 'all' }, remembered);
  assert.equal(keys, Array.from({ length: again.length }, (_, index) => again.key(index)));
  assert.equal((await again.read(2)).face, (await source.read(2)).face);
  assert.is(looks, 2, 'what the file holds, and its faces');
  const copied = join(folder, 'copied.jpg');
  await copyFile(file, copied);
  assert.is((await open({ photos: copied, faces: 'all' }, remembered)).length, 4);
  assert.is(looks, 3, 'the faces of a copy are known');
});

test('faces: all looks at no more photos than the limit asks for', async () => {
  const photos = join(folder, 'groups');
  await mkdir(photos);
  const { file } = (await listPhotos('builtin')).find(({ name }) => name === 'sample6-01')!;
  for (const name of ['a.jpg', 'b.jpg']) await copyFile(file, join(photos, name));
  const asked: unknown[] = [];
  const remembered: Remembered = (content, compute) => {
    asked.push(content);
    return compute();
  };
  for (const [limit, faces, looks] of [[3, 3, 2], [4, 4, 2], [5, 5, 4], [0, 8, 4]]) {
    asked.length = 0;
    assert.equal([(await open({ photos, faces: 'all', limit }, remembered)).length, asked.length], [faces, looks]);
  }
});

test.run();
