/**
 * What a pass from the cache costs above reading: `node --import tsx bench/second-pass.ts [--count N] [--cache FOLDER] [PHOTOS]`. The photos are
 * aligned, segmented and measured once; then that is done again from the cache, for a few and for all of them, so that the start of a run
 * counts for nothing: once as it is, for which no picture is needed, and once with the aligned pictures as a training reads them. In turn with
 * these, all files of their entries are read with nothing else. Time by the clock, and processor time of this process with all its threads.
 */
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runStreams } from '../framework/flow/run-streams.js';
import { openServices } from '../framework/flow/services.js';
import { loadPipeline } from '../framework/pipeline/index.js';
import { runPipeline } from '../framework/run-pipeline.js';

const { values: { count, cache }, positionals: [photos = 'builtin'] } = parseArgs({
  allowPositionals: true, options: { count: { type: 'string', default: '200' }, cache: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'second-pass-'));
const cacheRoot = cache ?? join(folder, 'cache');
const few = 20;
const atATime = 8;

const pipeline = join(folder, 'pass.yaml');
writeFileSync(pipeline, `flow: 1
workers: 1
batch: 8
params: { photos: builtin, limit: 0 }
stages:
  photo: { use: dataset/faces, with: { photos: "\${params.photos}", limit: "\${params.limit}" } }
  align: { use: preprocess/align, in: { photo: photo.photo, face: photo.face } }
  segment: { use: preprocess/segment, in: { image: align.image, landmarks: align.landmarks } }
  statistics:
    use: dataset/statistics
    in:
      landmarks68: align.landmarks68
      transform: align.transform
      confidence: align.confidence
      disagreement: align.disagreement
      located: align.located
      mask: segment.mask
`);

async function pass(limit: number): Promise<number> {
  await runPipeline({ file: pipeline, parameters: { photos, limit: String(limit) }, runsFolder: join(folder, 'runs'), device: 'wasm', quiet: true, cacheRoot });
  return limit;
}

/** The same, with the aligned pictures for a reader beside the sinks. */
async function passWithPictures(limit: number): Promise<number> {
  const { plan, registry } = await loadPipeline({ file: pipeline, params: { photos, limit: String(limit) } });
  const services = openServices(plan, { plugins: registry, cacheRoot });
  try {
    await runStreams(plan, plan.runGraph!, { services, sections: new Map(), folder: (stage) => mkdtempSync(join(folder, stage)), collect: ['align.image'] });
  } finally {
    await services.close();
  }
  return limit;
}

/** Files of a folder with their sizes, at any depth. */
function filesOf(root: string): { readonly file: string; readonly size: number }[] {
  return readdirSync(root, { recursive: true }).map((name) => join(root, String(name))).map((file) => ({ file, stats: statSync(file) }))
    .filter(({ stats }) => stats.isFile()).map(({ file, stats }) => ({ file, size: stats.size }));
}

async function read(files: readonly string[]): Promise<void> {
  const waiting = [...files];
  await Promise.all(Array.from({ length: atATime }, async () => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) await readFile(file);
  }));
}

interface Spent {
  readonly clock: number;
  readonly processor: number;
}

/** In milliseconds. */
async function spent(run: () => Promise<unknown>): Promise<Spent> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(before);
  return { clock: performance.now() - start, processor: (user + system) / 1000 };
}

const all = Number(count);
await pass(all);
const entries = filesOf(join(cacheRoot, 'content'));
console.log(`${entries.length} files of entries, ${(entries.reduce((sum, { size }) => sum + size, 0) / 1000 / all).toFixed(0)} kB a photo`);
await pass(few);
for (let round = 0; round < 3; round++) {
  const bare = await spent(() => read(entries.map(({ file }) => file)));
  const each = async (run: (limit: number) => Promise<unknown>): Promise<string> => {
    const [first, whole] = [await spent(() => run(few)), await spent(() => run(all))];
    const share = (of: keyof Spent): string => {
      const milliseconds = (whole[of] - first[of]) / (all - few);
      return `${milliseconds.toFixed(2)} ms (${(milliseconds / bare[of] * all).toFixed(1)} ×)`;
    };
    return `${share('clock')} by the clock, ${share('processor')} of the processor`;
  };
  console.log(`a photo: reading the entries alone ${(bare.clock / all).toFixed(2)} ms by the clock, ${(bare.processor / all).toFixed(2)} ms of the processor`);
  console.log(`  a pass ${await each(pass)}\n  with the pictures ${await each(passWithPictures)}`);
}
