/**
 * Measures how the features of face-api's networks are spread over faces, and writes `data/feature-statistics.json`.
 *
 *   node --import tsx plugins/faid/scripts/feature-statistics.ts FOLDER [PEOPLE]
 *
 * FOLDER holds photos and an `index.csv` with the columns file, identity, split; PEOPLE (600 by default) people of the split
 * `train` with two photos or more are read, two photos each. The crops are those of `preprocess/align` at 112 px, black outside the
 * oval of the face. Only means and spreads are stored, no photo and no feature of a person.
 *
 * It also prints how well the identity code tells people apart at several input sizes.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { tf, useEngine, type Tensor } from '../../../framework/device/index.js';
import { alignFace, faceOval, loadFaceNetworks } from '../../preprocess/index.js';
import { packagedFolder } from '../host/face-api.js';
import type { FaceNetworks, FeatureStatistics } from '../host/face-networks.js';
import { insidePolygon } from '../host/inside-polygon.js';
import { readWeightMap } from '../host/weight-map.js';
import { embedder } from '../networks/embedder.js';

const size = 112;
const [folder, people = '600'] = process.argv.slice(2);
if (!folder) throw new Error('name a folder of photos with an index.csv');

await useEngine('wasm');
const images = await maskedCrops(await pairsOf(folder, Number(people)));
const networks = await faceNetworks();
const features = { 112: await embedAll(112), 150: await embedAll(150) };
for (const [pixels, { identity }] of Object.entries(features)) console.log(`identity at ${pixels} px: ${separation(identity)}`);
const { identity, ageGender, expression } = features[150];
await writeFile(new URL('../data/feature-statistics.json', import.meta.url), `${JSON.stringify({
  about: 'Spread of features over people, from scripts/feature-statistics.ts: statistics only, no photos.',
  photos: `Labeled Faces in the Wild, training identities; ${images.length / 2} people, two photos each; aligned at ${size} px, black outside the oval of the face`,
  networks: { recognition: statistics(identity), 'age-gender': statistics(ageGender), expression: statistics(expression) },
})}\n`);

interface Pair { readonly photos: readonly [string, string] }

async function pairsOf(root: string, count: number): Promise<Pair[]> {
  const rows = (await readFile(join(root, 'index.csv'), 'utf8')).trim().split(/\r?\n/).slice(1).map((line) => line.split(','));
  const photos = new Map<string, string[]>();
  for (const [file, person, split] of rows) if (split === 'train') photos.set(person!, [...(photos.get(person!) ?? []), join(root, file!)]);
  return [...photos.values()].filter((files) => files.length > 1).slice(0, count).map(([a, b]) => ({ photos: [a!, b!] }));
}

/** Two images for each person whose face is found in both photos. */
async function maskedCrops(pairs: readonly Pair[]): Promise<Float32Array[]> {
  const finders = await loadFaceNetworks();
  const crops: Float32Array[] = [];
  for (const { photos } of pairs) {
    try {
      crops.push(...(await Promise.all(photos.map((file) => crop(file)))));
    } catch (error) {
      console.log(`left out: ${photos.join(', ')}: ${(error as Error).message}`);
    }
  }
  finders.dispose();
  return crops;

  async function crop(file: string): Promise<Float32Array> {
    const { data, info } = await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    const face = alignFace({ width: info.width, height: info.height, data }, null, finders, { size, roll: 'keep', threshold: 0.5, minConfidence: 0.5, maxDisagreement: 0.03, fallback: 'refuse' });
    return insideOval(face.image, face.landmarks);
  }
}

/** Black outside the polygon of the face's oval. */
function insideOval(image: Float32Array, landmarks: Float32Array): Float32Array {
  const inside = insidePolygon(faceOval.map((index) => [landmarks[2 * index]!, landmarks[2 * index + 1]!]), size);
  return image.map((value, place) => value * inside[Math.floor(place / 3)]!);
}

async function faceNetworks(): Promise<FaceNetworks> {
  const weights = (file: string): ReturnType<typeof readWeightMap> => readWeightMap(packagedFolder(), file);
  const none: FeatureStatistics = { mean: new Float32Array(0), deviation: new Float32Array(0), spread: 1 };
  return {
    identity: { name: 'recognition', weights: await weights('face_recognition_model') },
    attributes: [{ name: 'age-gender', weights: await weights('age_gender_model') }, { name: 'expression', weights: await weights('face_expression_model') }],
    statistics: { identity: none, attributes: none },
  };
}

async function embedAll(identitySize: number): Promise<{ identity: number[][]; ageGender: number[][]; expression: number[][] }> {
  const describe = embedder((_name, make) => tf.tensor(make().data, [...make().shape]), networks, { identitySize, attributeSize: size });
  const found = { identity: [] as number[][], ageGender: [] as number[][], expression: [] as number[][] };
  for (let start = 0; start < images.length; start += 8) {
    const batch = images.slice(start, start + 8);
    const [codes, attributes] = tf.tidy(() => {
      const stacked = tf.stack(batch.map((image) => tf.tensor3d(image, [size, size, 3])));
      const { identity: code, attributes: described } = describe(stacked);
      return [code, described].map((tensor: Tensor) => tensor.arraySync() as number[][]) as [number[][], number[][]];
    });
    found.identity.push(...codes);
    found.ageGender.push(...attributes.map((row) => row.slice(0, 512)));
    found.expression.push(...attributes.map((row) => row.slice(512)));
  }
  return found;
}

function statistics(rows: readonly number[][]): { mean: number[]; deviation: number[]; spread: number } {
  const firsts = rows.filter((_, index) => index % 2 === 0);
  const mean = rows[0]!.map((_, column) => firsts.reduce((sum, row) => sum + row[column]!, 0) / firsts.length);
  const variance = mean.map((centre, column) => firsts.reduce((sum, row) => sum + (row[column]! - centre) ** 2, 0) / (firsts.length - 1));
  const rounded = (value: number): number => Number(value.toPrecision(5));
  return {
    mean: mean.map(rounded), deviation: variance.map((value) => rounded(Math.sqrt(value))),
    spread: rounded(Math.sqrt(2 * variance.reduce((sum, value) => sum + value, 0))),
  };
}

/** Raw and centred cosines of the same person and of different people, and the area under the curve of the centred one. */
function separation(rows: readonly number[][]): string {
  const { mean } = statistics(rows);
  const centred = rows.map((row) => row.map((value, column) => value - mean[column]!));
  const describePairs = (codes: readonly number[][]): { same: number[]; different: number[] } => {
    const same: number[] = [];
    const different: number[] = [];
    for (let index = 0; index + 1 < codes.length; index += 2) {
      same.push(cosine(codes[index]!, codes[index + 1]!));
      for (let step = 3; step < 60; step += 2) different.push(cosine(codes[index]!, codes[(index + step) % codes.length]!));
    }
    return { same, different };
  };
  const average = (values: number[]): string => (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(3);
  const raw = describePairs(rows);
  const pairs = describePairs(centred);
  const threshold = pairs.different.sort((a, b) => b - a)[Math.floor(pairs.different.length / 1000)]!;
  const accepted = pairs.same.filter((value) => value > threshold).length / pairs.same.length;
  let won = 0;
  for (const value of pairs.same) won += pairs.different.filter((other) => other < value).length / pairs.different.length;
  return `raw ${average(raw.same)} / ${average(raw.different)}, centred ${average(pairs.same)} / ${average(pairs.different)}, ` +
    `AUC ${(won / pairs.same.length).toFixed(4)}, TAR at FAR 1e-3 ${accepted.toFixed(3)}`;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, index) => sum + value * y[index]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
