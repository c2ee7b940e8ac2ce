/**
 * Photos a second by the clock: `node --import tsx bench/throughput.ts [--workers N] [--count N] [--rounds N] [PHOTOS]`, after `npm run build`. In turn,
 * `flow data stats` with N workers over new caches, for the first photos and for all of them, so that its start counts for nothing; and before
 * and after it N processes that only run the networks, each on its share of the same photos.
 */
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals: [photos = 'builtin'] } = parseArgs({
  allowPositionals: true,
  options: { workers: { type: 'string', default: '2' }, count: { type: 'string', default: '800' }, rounds: { type: 'string', default: '3' } },
});
const [workers, count, rounds] = [values.workers, values.count, values.rounds].map(Number) as [number, number, number];
const first = Math.round(count / 4);
/** Photos of each process that only runs networks; it keeps their pictures, 2.5 MB a photo. */
const share = 60;
const folder = mkdtempSync(join(tmpdir(), 'throughput-'));
const flow = fileURLToPath(new URL('../bin/flow.js', import.meta.url));
let runs = 0;

/** Seconds of a run over the first `limit` photos. */
function pipelineTime(limit: number): number {
  const start = performance.now();
  execFileSync(process.execPath, [flow, 'data', 'stats', '--photos', photos, '--limit', String(limit), '--set', `workers=${workers}`, '--runs', join(folder, 'runs')], {
    env: { ...process.env, FLOW_CACHE: join(folder, `cache${runs++}`) }, stdio: ['ignore', 'ignore', 'pipe'],
  });
  return (performance.now() - start) / 1000;
}

class NetworksAlone {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(from: number) {
    const script = fileURLToPath(new URL('support/networks-alone.ts', import.meta.url));
    this.#process = spawn(process.execPath, ['--heap-growing-percent=100', '--import', 'tsx', script, photos, String(from), String(workers), String(share)]);
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    return String((await this.#lines.next()).value);
  }

  /** Seconds for its share. */
  async run(): Promise<number> {
    this.#process.stdin.write('\n');
    return Number(await this.line());
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    await once(this.#process, 'exit');
  }
}

/** Photos a second of all processes that only run networks, after a run that does not count. */
async function networksAllow(): Promise<number> {
  await Promise.all(alone.map((networks) => networks.run()));
  const seconds = await Promise.all(alone.map(async (networks) => await networks.run() + await networks.run()));
  return seconds.reduce((sum, time) => sum + (2 * share) / time, 0);
}

const alone = Array.from({ length: workers }, (_, from) => new NetworksAlone(from));
for (const networks of alone) await networks.line();
for (let round = 0; round < rounds; round++) {
  const before = await networksAllow();
  const reached = (count - first) / -(pipelineTime(first) - pipelineTime(count));
  const allowed = (before + await networksAllow()) / 2; // the machine's speed drifts
  console.log(`${reached.toFixed(1)} photos a second, networks alone ${allowed.toFixed(1)}: ${(allowed / reached).toFixed(3)} ×`);
}
for (const networks of alone) await networks.close();
rmSync(folder, { recursive: true });
