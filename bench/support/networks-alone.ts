/**
 * A process that does nothing but run networks: `networks-alone.ts FOLDER FROM STEP COUNT`. It preprocesses every STEP-th photo from FROM on until it
 * has COUNT, and says `ready`; at each line on its input it runs their networks again on the pictures that they saw, and says how many seconds
 * that took.
 */
import { createInterface } from 'node:readline';
import { SampleError } from '../../framework/index.js';
import { stage as faces } from '../../plugins/dataset/stages/faces.js';
import { alignFace } from '../../plugins/preprocess/host/align-face.js';
import { parseFace } from '../../plugins/preprocess/host/parse-face.js';
import { loadFaceNetworks } from '../../plugins/preprocess/networks/face-networks.js';
import { loadFaceParser, parserSize, shippedParser } from '../../plugins/preprocess/networks/load-parser.js';
import { recording, type Call } from './recorded-networks.js';

const [photos, from, step, count] = [process.argv[2]!, ...process.argv.slice(3).map(Number)] as [string, number, number, number];
const align = { size: 112, roll: 'keep', threshold: 0.5, minConfidence: 0.5, maxDisagreement: 0.03, fallback: 'box' } as const;
const source = await faces.open({
  options: { photos, split: 'all', testShare: 0.25, faces: 'largest', limit: step * count, shuffle: false, maxMegapixels: 100 },
  stage: 'photo', log: () => undefined, remembered: (_, compute) => compute(), resource: () => undefined as never,
});
const calls: Call[] = [];
const networks = recording({ ...await loadFaceNetworks(), parser: await loadFaceParser(shippedParser()) }, calls, (size) => new Float32Array(size));
for (let index = from; index < source.length; index += step) {
  const { photo: { shape, data }, face } = await source.read(index);
  try {
    const { image, landmarks } = alignFace({ height: shape[0]!, width: shape[1]!, data: data as Uint8Array }, face?.box ?? null, networks, align);
    parseFace(image, landmarks, align.size, networks.parser, parserSize);
  } catch (error) {
    if (!(error instanceof SampleError)) throw error;
  }
}
console.log('ready');
for await (const _ of createInterface(process.stdin)) {
  const start = performance.now();
  for (const { again } of calls) again();
  console.log((performance.now() - start) / 1000);
}
