import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, type FlowError, type HostTensor } from '../../../framework/index.js';
import { runHostStage, testStage, uniformTensor } from '../../../framework/testing/index.js';
import { faceOval, fillPolygon, type Point } from '../../preprocess/index.js';
import { cover } from '../plugin.js';
import { faceMesh, size } from './face-mesh.js';

const landmarks = faceMesh();
const inputs = {
  image: uniformTensor([size, size, 3], 0.3, 0.8), landmarks, mask: uniformTensor([size, size, 1], 0, 1, 'mask'), weight: uniformTensor([size, size, 1], 0, 1, 'weight'),
};

testStage('occluders/cover', cover, { inputs, options: { bare: 0 } });

interface Covered {
  readonly image: Float32Array;
  readonly mask: Float32Array;
  readonly weight: Float32Array;
  readonly cover: Float32Array;
  readonly kind: string;
}

async function run(options: Record<string, unknown>, key = 'a', epoch = 0): Promise<Covered> {
  const outputs = await runHostStage(cover, { inputs, options: { augment: false, beards: 0, ...options }, key, epoch });
  const [image, mask, weight, hidden] = ['image', 'mask', 'weight', 'cover'].map((name) => (outputs[name] as HostTensor).data) as [Float32Array, Float32Array, Float32Array, Float32Array];
  return { image, mask, weight, cover: hidden, kind: outputs.kind as string };
}

const contour = fillPolygon(faceOval.map((index): Point => [landmarks.data[2 * index]!, landmarks.data[2 * index + 1]!]), size);
const kinds = ['hand', 'hair', 'glasses', 'mask', 'cloth', 'object'];

test('what is covered is known not to be skin; the rest keeps its label, and is the same or darker', async () => {
  for (const kind of kinds) {
    let hidden = 0;
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const covered = await run({ kinds: [kind], bare: 0, second: 0 }, key);
      assert.is(covered.kind, kind);
      for (let pixel = 0; pixel < size * size; pixel++) {
        const colours = [0, 1, 2].map((channel) => [covered.image[3 * pixel + channel]!, inputs.image.data[3 * pixel + channel]!] as const);
        if (covered.cover[pixel] === 1) {
          hidden++;
          assert.is(covered.mask[pixel], 0, `${kind}: a covered pixel is skin`);
          assert.is(covered.weight[pixel], 1);
          assert.ok(contour[pixel]! > 0, 'cover outside of the contour');
        } else if (contour[pixel] === 1 && covered.weight[pixel] !== 0) {
          assert.is(covered.mask[pixel], inputs.mask.data[pixel], `${kind}: a visible pixel changes its label`);
          assert.is(covered.weight[pixel], inputs.weight.data[pixel]);
        }
        // Where something shows that is brighter or of another colour, the label says so.
        if (colours.some(([now, before]) => Math.abs(now - before) > 0.5)) assert.ok(covered.mask[pixel] === 0 || covered.weight[pixel] === 0 || colours.every(([now, before]) => now <= before + 1e-6), `${kind}: unlabelled paint`);
      }
    }
    assert.ok(hidden > 200, `${kind} hides ${hidden} pixels of six faces`);
  }
});

test('a bare face is left as it is', async () => {
  const bare = await run({ bare: 1 });
  assert.is(bare.kind, 'none');
  assert.equal([...bare.image], [...inputs.image.data]);
  assert.equal([...bare.mask], [...inputs.mask.data]);
  assert.is(Math.max(...bare.cover), 0);
});

test('a beard changes colours below the mouth and no label', async () => {
  let changed = 0;
  for (const key of ['a', 'b', 'c']) {
    const { image, mask } = await run({ bare: 1, beards: 1 }, key);
    assert.equal([...mask], [...inputs.mask.data]);
    for (let at = 0; at < inputs.image.data.length; at++) {
      if (image[at] === inputs.image.data[at]) continue;
      changed++;
      assert.ok(contour[Math.floor(at / 3)]! > 0 || Math.floor(at / 3 / size) > size * 0.55, 'a beard above the mouth and beside the face');
    }
  }
  assert.ok(changed > 600, `${changed} values`);
});

test('the draw is a function of seed, key and epoch', async () => {
  const base = await run({ bare: 0 });
  assert.equal(await run({ bare: 0 }), base);
  for (const other of [await run({ bare: 0 }, 'b'), await run({ bare: 0 }, 'a', 1), await run({ bare: 0, seed: 2 })]) assert.not.equal(other.image, base.image);
});

test('augmentation moves labels with the pixels and keeps their range', async () => {
  // A face whose colour is its label shows that both move alike.
  const label = Float32Array.from({ length: size * size }, (_, pixel) => Number(Math.hypot((pixel % size) - 60, Math.floor(pixel / size) - 50) < 18));
  const image = float32(Float32Array.from({ length: 3 * size * size }, (_, at) => 0.2 + 0.6 * label[Math.floor(at / 3)]!), [size, size, 3]);
  for (const key of ['a', 'b', 'c', 'd']) {
    const seen = await runHostStage(cover, { inputs: { image, landmarks, mask: float32(label, [size, size, 1]) }, options: { bare: 1, beards: 0 }, key });
    const [pixels, mask] = [(seen.image as HostTensor).data, (seen.mask as HostTensor).data];
    let [inner, outer, innerCount, outerCount] = [0, 0, 0, 0];
    mask.forEach((value, pixel) => {
      if (value > 0.9) [inner, innerCount] = [inner + pixels[3 * pixel + 1]!, innerCount + 1];
      if (value < 0.1) [outer, outerCount] = [outer + pixels[3 * pixel + 1]!, outerCount + 1];
    });
    assert.ok(innerCount > 500 && inner / innerCount > outer / outerCount + 0.1, `${key}: ${inner / innerCount} inside, ${outer / outerCount} outside`);
    assert.ok(pixels.every((value) => value >= 0 && value <= 1));
  }
});

const folder = mkdtempSync(join(tmpdir(), 'cutouts-'));
test.after(() => rmSync(folder, { recursive: true }));

test('cut-outs come from a folder; those kept for tests are left out; an empty folder is an error', async () => {
  const red = { width: 40, height: 20, channels: 4 as const, background: { r: 255, g: 0, b: 0, alpha: 1 } };
  await sharp({ create: red }).png().toFile(join(folder, 'one-red.png'));
  const covered = await run({ kinds: ['cutout'], bare: 0, second: 0, cutouts: folder });
  assert.is(covered.kind, 'cutout');
  assert.ok([...covered.cover].filter((value) => value === 1).length > 300);
  for (const options of [{ cutouts: join(folder, 'absent') }, { cutouts: folder, without: ['red'] }]) {
    const error = await run(options).then(() => assert.unreachable('it should fail'), (thrown: FlowError) => thrown) as FlowError;
    assert.is(error.code, 'FLOW_FILE_MISSING');
  }
});

test.run();
