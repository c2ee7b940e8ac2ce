/**
 * Writes `data/judge-mean.json`: the mean of the judge's features over people, for pictures as they are and for the masked face on
 * black. Arguments: folders or CSV indexes as `dataset/faces` reads them, one photo for each person, then how many of each.
 *
 *   node --import tsx plugins/evaluate/scripts/judge-mean.ts 200 PHOTOS…
 */
import { writeFile } from 'node:fs/promises';
import { tf } from '../../../framework/device/index.js';
import { SampleError } from '../../../framework/index.js';
import { decodePhoto, listPhotos, selectPhotos } from '../../dataset/index.js';
import { alignFace, loadFaceNetworks, segmentFace } from '../../preprocess/index.js';
import { judgeWidth, makeJudgeNetwork } from '../networks/judge-network.js';

const size = 112;
const [count, ...sources] = process.argv.slice(2);
const networks = await loadFaceNetworks();
const judge = makeJudgeNetwork((_name, make) => {
  const { data, shape, dtype } = make();
  return tf.tensor(data, [...shape], dtype === 'int32' ? 'int32' : 'float32');
});

const sums = { plain: new Float64Array(judgeWidth), masked: new Float64Array(judgeWidth) };
let faces = 0;
for (const source of sources) {
  const photos = selectPhotos(await listPhotos(source), { split: 'train', testShare: 0.25, shuffle: true });
  const people = [...new Map(photos.map((photo) => [photo.identity || photo.name, photo])).values()];
  for (const { file } of people.slice(0, Number(count))) {
    try {
      await add(file);
    } catch (error) {
      if (!(error instanceof SampleError)) throw error;
      console.warn(error.describe());
    }
  }
}
const mean = (sum: Float64Array): number[] => Array.from(sum, (value) => Number((value / faces).toPrecision(5)));
await writeFile(new URL('../data/judge-mean.json', import.meta.url), JSON.stringify({ faces, plain: mean(sums.plain), masked: mean(sums.masked) }));
console.log(`mean over ${faces} faces`);

async function add(file: string): Promise<void> {
  const photo = await decodePhoto(file, { maxMegapixels: 100 });
  const { image, landmarks } = alignFace(photo, null, networks, { size, roll: 'keep', threshold: 0.5, minConfidence: 0.5, maxDisagreement: 0.03, fallback: 'refuse' });
  const mask = segmentFace(image, landmarks, size).map((value) => (value > 0.5 ? 1 : 0));
  const masked = image.map((value, at) => value * mask[Math.floor(at / 3)]);
  for (const [kind, picture] of [['plain', image], ['masked', masked]] as const) {
    const features = tf.tidy(() => judge.describe(tf.tensor4d(picture, [1, size, size, 3])).dataSync().slice());
    features.forEach((value, at) => (sums[kind][at] += value));
  }
  faces++;
}
