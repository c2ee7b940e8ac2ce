import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, type HostTensor } from '../../../framework/index.js';
import { runHostStage, testStage } from '../../../framework/testing/index.js';
import { truth } from '../plugin.js';
import { faceMesh, size } from './face-mesh.js';

const landmarks = faceMesh();
/** Where the made-up face is: the ellipse of its contour, scaled. */
const within = (pixel: number, scale: number): boolean => Math.hypot(((pixel % size) + 0.5 - 48) / 26, (Math.floor(pixel / size) + 0.5 - 50) / 34) < scale;
const skinOf = (probability: (pixel: number) => number): HostTensor => float32(Float32Array.from({ length: size * size }, (_, pixel) => (within(pixel, 1) ? probability(pixel) : 0)), [size, size, 1]);

testStage('occluders/truth', truth, { inputs: { skin: skinOf(() => 1), landmarks } });

async function run(skin: HostTensor): Promise<{ mask: ArrayLike<number>; weight: ArrayLike<number> }> {
  const outputs = await runHostStage(truth, { inputs: { skin, landmarks } });
  return { mask: (outputs.mask as HostTensor).data, weight: (outputs.weight as HostTensor).data };
}

const row = (pixel: number): number => Math.floor(pixel / size);

test('skin inside, not skin outside, and a strip along the contour that nobody is sure of', async () => {
  const { mask, weight } = await run(skinOf(() => 1));
  for (let pixel = 0; pixel < size * size; pixel++) {
    if (within(pixel, 0.92)) assert.equal([mask[pixel], weight[pixel]], [1, 1]);
    if (!within(pixel, 1.1)) assert.equal([mask[pixel], Math.fround(weight[pixel]!)], [0, Math.fround(0.3)]);
    if (within(pixel, 1.015) && !within(pixel, 0.995)) assert.is(weight[pixel], 0);
  }
});

test('what has not the colour of skin is hair on the forehead, and may be a beard below', async () => {
  const { mask, weight } = await run(skinOf((pixel) => (row(pixel) < 28 || row(pixel) > 66 ? 0.02 : 1)));
  for (let pixel = 0; pixel < size * size; pixel++) {
    if (!within(pixel, 0.9)) continue;
    if (row(pixel) < 28) assert.equal([mask[pixel], weight[pixel]], [0, 1], 'forehead');
    if (row(pixel) > 66) assert.equal([mask[pixel], weight[pixel]], [0, 0], 'chin');
  }
});

test('doubtful colours are not judged', async () => {
  const { weight } = await run(skinOf((pixel) => ((pixel % size) < 48 ? 1 : 0.5)));
  for (let pixel = 0; pixel < size * size; pixel++) if (within(pixel, 0.9) && pixel % size >= 48) assert.is(weight[pixel], 0);
});

test('a photo in which little is certain is refused, with how much', async () => {
  const error = await run(skinOf((pixel) => (row(pixel) < 40 ? 1 : 0))).then(() => assert.unreachable('it should fail'), (thrown: Error) => thrown) as Error;
  assert.match(error.message, /only \d\d % of the face is certainly skin/);
});

test.run();
