/** The shipped face parser on the built-in faces, which its training did not see, beside the colour method. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, type HostTensor } from '../../../framework/index.js';
import { useEngine } from '../../../framework/device/index.js';
import { runHostStage } from '../../../framework/testing/index.js';
import { segment } from '../../preprocess/index.js';
import { cover, truth } from '../plugin.js';
import { builtInCrops, size, type Crop } from './built-in-crops.js';

interface Score {
  readonly iou: number;
  /** Share of the cover that is taken for skin. */
  readonly spill: number;
}

type Method = 'unet' | 'colour';

interface Known {
  readonly image: HostTensor;
  readonly mask: HostTensor;
  readonly weight: HostTensor;
  readonly cover: HostTensor;
}

let crops: readonly Crop[];
const truths: { mask: HostTensor; weight: HostTensor }[] = [];
test.before(async () => {
  await useEngine('wasm');
  crops = await builtInCrops();
  for (const { image, landmarks } of crops) {
    const { mask } = await runHostStage(segment, { inputs: { image, landmarks }, options: { parser: 'colour', soft: true } });
    truths.push((await runHostStage(truth, { inputs: { skin: mask, landmarks } })) as unknown as { mask: HostTensor; weight: HostTensor });
  }
});

async function maskOf(parser: Method, image: HostTensor, landmarks: HostTensor): Promise<ArrayLike<number>> {
  const { mask } = await runHostStage(segment, { inputs: { image, landmarks }, options: { parser } });
  return (mask as HostTensor).data;
}

async function score(method: Method, known: Known, landmarks: HostTensor): Promise<Score> {
  const marked = await maskOf(method, known.image, landmarks);
  let [both, either, spilt, covered] = [0, 0, 0, 1e-6];
  for (let pixel = 0; pixel < size * size; pixel++) {
    const [m, t, w] = [marked[pixel]! > 0.5, known.mask.data[pixel]! > 0.5, known.weight.data[pixel]!];
    [both, either] = [both + w * Number(m && t), either + w * Number(m || t)];
    [spilt, covered] = [spilt + Number(m) * known.cover.data[pixel]!, covered + known.cover.data[pixel]!];
  }
  return { iou: both / either, spill: spilt / covered };
}

/** Mean scores over the faces, each covered by the kind. */
async function scores(method: Method, kind: string): Promise<Score> {
  const all: Score[] = [];
  for (const [index, { name, image, landmarks }] of crops.entries()) {
    const known = await runHostStage(cover, {
      inputs: { image, landmarks, ...truths[index]! }, options: { kinds: [kind], bare: 0, second: 0, beards: 0, augment: false, seed: 9 }, key: name,
    });
    all.push(await score(method, known as unknown as Known, landmarks));
  }
  const mean = (read: (score: Score) => number): number => all.reduce((sum, each) => sum + read(each), 0) / all.length;
  return { iou: mean(({ iou }) => iou), spill: mean(({ spill }) => spill) };
}

/** Each face painted over where `where` says, in coordinates of its outline (0 … 1 from left to right and from top to bottom). */
async function painted(method: Method, where: (u: number, v: number) => boolean, colour: (skin: readonly number[], u: number, v: number) => readonly number[]): Promise<number> {
  let sum = 0;
  for (const [index, { image, landmarks }] of crops.entries()) {
    const at = (landmark: number, axis: number): number => landmarks.data[2 * landmark + axis]!;
    const [left, right, top, bottom] = [at(234, 0), at(454, 0), at(10, 1), at(152, 1)];
    const skin = meanColour(image, truths[index]!.mask);
    const data = Float32Array.from(image.data);
    const known: number[] = [];
    for (let pixel = 0; pixel < size * size; pixel++) {
      const [u, v] = [((pixel % size) + 0.5 - left) / (right - left), (Math.floor(pixel / size) + 0.5 - top) / (bottom - top)];
      if (!where(u, v)) continue;
      data.set(colour(skin, u, v), 3 * pixel);
      if (truths[index]!.mask.data[pixel] === 1) known.push(pixel);
    }
    const marked = await maskOf(method, float32(data, [size, size, 3]), landmarks);
    sum += known.filter((pixel) => marked[pixel]! > 0.5).length / known.length;
  }
  return sum / crops.length;
}

function meanColour(image: HostTensor, mask: HostTensor): number[] {
  const skin = Array.from(mask.data).flatMap((value, pixel) => (value === 1 ? [pixel] : []));
  return [0, 1, 2].map((channel) => skin.reduce((sum, pixel) => sum + image.data[3 * pixel + channel]!, 0) / skin.length);
}

/** A fringe of strands in three quarters of the skin's own light, down to the brows. */
const fringe = (method: Method): Promise<number> => painted(method, (u, v) => v < 0.27 + 0.02 * Math.sin(40 * u), (skin, u) => skin.map((value) => value * (0.72 + 0.16 * Math.sin(90 * u + 3 * Math.sin(31 * u)))));

/** A pure white mask from the middle of the nose down, with a little shade below. */
const whiteMask = (method: Method): Promise<number> => painted(method, (_, v) => v > 0.56, (_skin, _u, v) => [1.1 - 0.2 * v, 1.1 - 0.2 * v, 1.1 - 0.19 * v].map((value) => Math.min(1, value)));

test('procedural face masks and hair, drawn as for training but on faces that it did not see', async () => {
  const [mask, hair, hairByColour] = [await scores('unet', 'mask'), await scores('unet', 'hair'), await scores('colour', 'hair')];
  assert.ok(mask.iou > 0.76 && mask.spill < 0.15, `mask: IoU ${mask.iou}, ${mask.spill} marked`);
  assert.ok(hair.iou > 0.85 && hair.spill < 0.2 && hair.spill < hairByColour.spill, `hair: IoU ${hair.iou}, ${hair.spill} marked, by colour ${hairByColour.spill}`);
});

test('a fringe and a mask that have the colours of skin: colour alone takes them for skin', async () => {
  const [hair, hairByColour] = [await fringe('unet'), await fringe('colour')];
  assert.ok(hair < 0.15 && hairByColour > 0.5, `fringe: ${hair} marked, by colour ${hairByColour}`);
  const [mask, maskByColour] = [await whiteMask('unet'), await whiteMask('colour')];
  assert.ok(mask < 0.05 && maskByColour > 0.2, `white mask: ${mask} marked, by colour ${maskByColour}`);
});

test.run();
