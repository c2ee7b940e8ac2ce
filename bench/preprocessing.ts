/**
 * What preprocessing costs above its networks: `node --import tsx bench/preprocessing.ts [--count N] [PHOTOS …]`. Each photo is read, decoded,
 * aligned and segmented; then detector, landmark network and face parser run alone on the very pictures that they were shown (every other
 * photo the other way round). Both are measured by the processor time of this process with all its threads, so that other work on the machine
 * disturbs both alike.
 */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { SampleError } from '../framework/index.js';
import { stage as faces } from '../plugins/dataset/stages/faces.js';
import { alignFace } from '../plugins/preprocess/host/align-face.js';
import { parseFace } from '../plugins/preprocess/host/parse-face.js';
import { loadFaceNetworks } from '../plugins/preprocess/networks/face-networks.js';
import { loadFaceParser, parserSize, shippedParser } from '../plugins/preprocess/networks/load-parser.js';
import { networkNames, recording, type Call, type Networks } from './support/recorded-networks.js';

type Source = Awaited<ReturnType<typeof faces.open>>;

/** Runs one step of the work, to see what it costs. */
type Step = <T>(what: string, run: () => T | Promise<T>) => T | Promise<T>;

const warmUp = 20;

/** Milliseconds in which other threads clear up what a part left behind, so that it is not charged to the next one. */
const pause = 3;
const largestPicture = 3 * 256 ** 2;
const align = { size: 112, roll: 'keep', threshold: 0.5, minConfidence: 0.5, maxDisagreement: 0.03, fallback: 'box' } as const;
const stepNames = ['reading and decoding', 'alignment', 'segmentation'] as const;

/** Milliseconds by what they were spent on. */
type Costs = Map<string, { milliseconds: number; calls: number }>;

async function timed<T>(costs: Costs, what: string, run: () => T | Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  try {
    return await run();
  } finally {
    const { user, system } = process.cpuUsage(before);
    const cost = costs.get(what) ?? { milliseconds: 0, calls: 0 };
    costs.set(what, { milliseconds: cost.milliseconds + (user + system) / 1000, calls: cost.calls + 1 });
  }
}

/** Memory for copies of pictures, kept from photo to photo, so that it is no garbage. */
const copies: Float32Array[] = [];

/** A refused photo has cost what it cost. */
async function preprocess(source: Source, index: number, networks: Networks, step: Step): Promise<void> {
  try {
    const { photo: { shape, data }, face } = await step(stepNames[0], () => source.read(index));
    const photo = { height: shape[0], width: shape[1], data: data as Uint8Array };
    const { image, landmarks } = await step(stepNames[1], () => alignFace(photo, face?.box ?? null, networks, align));
    await step(stepNames[2], () => parseFace(image, landmarks, align.size, networks.parser, parserSize));
  } catch (error) {
    if (!(error instanceof SampleError)) throw error;
  }
}

/**
 * One photo with all that it needs and with the networks alone, in turn; before that once step by step, since asking for the time costs too.
 * Garbage is collected when the engine sees fit: a forced collection also drops what was learned for fast code, which costs both sides as much.
 */
async function measurePhoto(source: Source, index: number, networks: Networks, costs: Costs): Promise<void> {
  const calls: Call[] = [];
  await preprocess(source, index, recording(networks, calls, (size) => (copies[calls.length] ??= new Float32Array(largestPicture)).subarray(0, size)), (_, run) => run());
  await preprocess(source, index, networks, (what, run) => timed(costs, what, run));
  for (const { what, again } of calls) await timed(costs, what, again);
  const all = (): Promise<void> => timed(costs, 'all', async () => {
    await preprocess(source, index, networks, (_, run) => run());
    await setTimeout(pause);
  });
  const alone = (): Promise<void> => timed(costs, 'alone', async () => {
    for (const { again } of calls) again();
    await setTimeout(pause);
  });
  for (const part of index % 2 === 0 ? [all, alone] : [alone, all]) await part();
}

async function measure(photos: string, count: number, networks: Networks): Promise<void> {
  const source = await faces.open({
    options: { photos, split: 'all', testShare: 0.25, faces: 'largest', limit: count + warmUp, shuffle: true, maxMegapixels: 100 },
    stage: 'photo', log: () => undefined, remembered: (_, compute) => compute(), resource: () => undefined as never,
  });
  const from = source.length > warmUp ? warmUp : 0;
  for (let index = 0; index < Math.min(warmUp, source.length); index++) await measurePhoto(source, index, networks, new Map()); // to be compiled
  const costs: Costs = new Map();
  for (let index = from; index < source.length; index++) await measurePhoto(source, index, networks, costs);
  report(photos, source.length - from, costs);
}

function report(photos: string, count: number, costs: Costs): void {
  const spent = (name: string): number => (costs.get(name)?.milliseconds ?? 0) / count;
  console.log(`${photos}: ${count} photos`);
  for (const name of [...stepNames, ...networkNames]) {
    console.log(`  ${name.padEnd(22)} ${spent(name).toFixed(2).padStart(7)} ms a photo, ${((costs.get(name)?.calls ?? 0) / count).toFixed(2)} calls`);
  }
  const [all, alone] = [spent('all'), spent('alone')];
  console.log(`  all ${all.toFixed(1)} ms (${(1000 / all).toFixed(1)} photos a second), networks alone ${alone.toFixed(1)} ms: ${(all / alone).toFixed(3)} ×`);
}

setFlagsFromString('--heap-growing-percent=100'); // as bin/flow.js
const { values: { count }, positionals } = parseArgs({ allowPositionals: true, options: { count: { type: 'string', default: '100' } } });
const { detector, mesh } = await loadFaceNetworks();
const parser = await loadFaceParser(shippedParser());
for (const photos of positionals.length > 0 ? positionals : ['builtin']) await measure(photos, Number(count), { detector, mesh, parser });
