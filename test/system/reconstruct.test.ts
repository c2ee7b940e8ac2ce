import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { validateBytes } from 'gltf-validator';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runPipeline } from '../../framework/run-pipeline.js';
import { temporaryFolder } from './support.js';

const photo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo', 'sample1.jpg');
/** Untrained refiners add nothing, so the weights do not matter here. */
const { folder, exitCode, finished } = await runPipeline({
  file: 'pipelines/reconstruct.yaml', profile: 'tiny', parameters: { photo }, runsFolder: temporaryFolder(), device: 'wasm', quiet: true, set: ['workers=0'], environment: {},
});
const filesOf = (sink: string): string[] => readdirSync(join(folder, 'samples', sink)).sort();
const fileOf = (sink: string, ending: string): Buffer => {
  const name = filesOf(sink).find((each) => each.endsWith(ending));
  assert.ok(name, `${sink}: no file ends with ${ending}`);
  return readFileSync(join(folder, 'samples', sink, name!));
};

test('one photo goes through', () => {
  assert.equal([exitCode, finished], [0, 1]);
});

test('the GLB has no error in the glTF validator, and holds the face', async () => {
  const { issues, info } = await validateBytes(new Uint8Array(fileOf('mesh', '.glb')));
  assert.is(issues.numErrors, 0, JSON.stringify(issues.messages));
  assert.ok(info.totalVertexCount > 1000 && info.totalTriangleCount > 2000, JSON.stringify(info));
});

test('OBJ and PLY hold as many vertices as the GLB', async () => {
  const { info } = await validateBytes(new Uint8Array(fileOf('mesh', '.glb')));
  const obj = fileOf('mesh', '.obj').toString().split('\n');
  assert.is(obj.filter((line) => line.startsWith('v ')).length, info.totalVertexCount);
  assert.is(obj.filter((line) => line.startsWith('f ')).length, info.totalTriangleCount);
  assert.match(fileOf('mesh', '.ply').toString('latin1'), new RegExp(`element vertex ${info.totalVertexCount}\\n`));
});

test('overlays lie over the crop and over the whole photo', async () => {
  const [whole, original] = [await sharp(fileOf('overlay', '-photo.png')).metadata(), await sharp(photo).metadata()];
  assert.equal([whole.width, whole.height], [original.width, original.height]);
  const [drawn, before] = await Promise.all([fileOf('overlay', '-photo.png'), readFileSync(photo)].map((bytes) => sharp(bytes).removeAlpha().raw().toBuffer()));
  const changed = drawn!.filter((value, index) => Math.abs(value - before![index]!) > 8).length / drawn!.length;
  assert.ok(changed > 0.001 && changed < 0.5, `${changed} of the photo is drawn over`);
  const crop = await sharp(fileOf('overlay', '-crop.png')).metadata();
  assert.equal([crop.width, crop.height], [64, 64]);
});

test('images and the turntable are pictures with something in them', async () => {
  for (const [sink, ending] of [['images', '.png'], ['turntable', '.png']] as const) {
    const { channels } = await sharp(fileOf(sink, ending)).stats();
    assert.ok(channels.every(({ stdev }) => stdev > 5), sink);
  }
});

test.run();
