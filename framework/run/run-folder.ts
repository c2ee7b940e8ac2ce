/** `runs/<pipeline>/<name>/`: one folder holds everything that a run read, decided and wrote. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { stringify } from 'yaml';
import { FlowError } from '../errors/flow-error.js';
import type { Plan } from '../pipeline/plan.js';
import { diskError, writeFileAtomic } from './disk.js';
import type { RunRecord } from './run-record.js';

export interface RunFolder {
  readonly path: string;
  readonly pipeline: string;
  readonly name: string;
  readonly checkpoints: string;
  readonly samples: string;
  /** A file of the folder. */
  file(name: string): string;
  readRecord(): RunRecord;
  writeRecord(record: RunRecord): void;
}

const adjectives = [
  'amber', 'brave', 'brisk', 'calm', 'clear', 'coral', 'crisp', 'deft', 'eager', 'early', 'fair', 'fleet', 'gentle', 'glad',
  'green', 'keen', 'kind', 'light', 'lucid', 'merry', 'mild', 'noble', 'plain', 'proud', 'quick', 'quiet', 'rapid', 'sharp',
  'still', 'sunny', 'swift', 'warm',
];
const nouns = [
  'alder', 'aspen', 'badger', 'beech', 'birch', 'brook', 'cedar', 'crane', 'dune', 'elm', 'falcon', 'fern', 'finch', 'fjord',
  'grove', 'heron', 'juniper', 'lark', 'linden', 'lynx', 'maple', 'marten', 'meadow', 'moss', 'oriole', 'otter', 'plover',
  'reed', 'robin', 'sparrow', 'thrush', 'willow',
];

/**
 * Makes the folder of a new run. A name that is taken is an error when it was asked for, and is avoided otherwise; a folder
 * without `run.json`, which a start left that was killed at once, is taken.
 */
export function createRunFolder(root: string, pipeline: string, name?: string): RunFolder {
  if (name !== undefined) checkName(name);
  for (;;) {
    const chosen = name ?? `${pick(adjectives)}-${pick(nouns)}-${randomInt(10, 100)}`;
    const path = resolve(root, pipeline, chosen);
    try {
      mkdirSync(join(root, pipeline), { recursive: true });
      mkdirSync(path);
      return openRunFolder(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw diskError(error, path);
      if (name === undefined) continue;
      if (!existsSync(join(path, 'run.json'))) return openRunFolder(path);
      throw new FlowError('FLOW_RUN_STATE', {
        message: `A run "${pipeline}/${name}" is already there.`, who: name,
        cure: `Go on with it by --resume, choose another --name, or remove "${path}".`,
      });
    }
  }
}

/** The run folder at a path, which need not exist yet. */
export function openRunFolder(path: string): RunFolder {
  const full = resolve(path);
  const file = (name: string): string => join(full, name);
  return {
    path: full,
    name: basename(full),
    pipeline: basename(resolve(full, '..')),
    checkpoints: file('checkpoints'),
    samples: file('samples'),
    file,
    readRecord: () => JSON.parse(readFileSync(file('run.json'), 'utf8')) as RunRecord,
    writeRecord: (record) => writeFileAtomic(file('run.json'), `${JSON.stringify(record, null, 2)}\n`),
  };
}

/** Writes `pipeline.yaml`, the resolved document, and `origins.json`, where every value of it was written. */
export function writePlan(folder: RunFolder, plan: Pick<Plan, 'document' | 'origins' | 'file'>): void {
  const heading = `# The pipeline as it ran: ${basename(plan.file)} with everything it extends and all settings filled in.\n`;
  writeFileAtomic(folder.file('pipeline.yaml'), heading + stringify(plan.document, { aliasDuplicateObjects: false }));
  const origins = Object.fromEntries([...plan.origins].map(([path, { file, line, column }]) => [path, `${file}:${line}:${column}`]));
  writeFileAtomic(folder.file('origins.json'), `${JSON.stringify(origins, null, 2)}\n`);
}

/** All run folders under the root, newest first. */
export function listRuns(root: string, pipeline?: string): RunFolder[] {
  const pipelines = pipeline === undefined ? folders(root) : [pipeline];
  const found = pipelines.flatMap((group) => folders(join(root, group)).map((name) => openRunFolder(join(root, group, name))));
  const created = (run: RunFolder): number => statSync(run.file('run.json')).birthtimeMs;
  return found.filter((run) => existsSync(run.file('run.json'))).sort((left, right) => created(right) - created(left));
}

/**
 * The run that a person means: a folder, a name, `latest`, `pipeline/name` or `pipeline/latest`; of `pipeline` when given. Of
 * several the newest that `fits`, else the newest. Throws FLOW_RUN_STATE with the nearest name.
 */
export function findRun(root: string, reference: string, pipeline?: string, fits: (run: RunFolder) => boolean = () => true): RunFolder {
  if (existsSync(join(reference, 'run.json'))) return openRunFolder(reference);
  const runs = listRuns(root, pipeline);
  const names = (run: RunFolder): string[] => [run.name, 'latest'].flatMap((name) => [name, `${run.pipeline}/${name}`]);
  const meant = runs.filter((run) => names(run).includes(reference));
  const match = meant.find(fits) ?? meant[0];
  if (match) return match;
  const known = runs.map((run) => run.name);
  const near = known.length ? closest(reference, known) : undefined;
  const close = near !== undefined && distance(reference, near) <= 3;
  throw new FlowError('FLOW_RUN_STATE', {
    message: reference === 'latest' ? `There is no run${pipeline ? ` of "${pipeline}"` : ''} under "${root}".` : `There is no run "${reference}" under "${root}".`,
    who: reference,
    cure: close ? `Did you mean "${near}"?` : known.length ? `Runs: ${known.slice(0, 8).join(', ')}.` : 'Start one with `flow run`.',
  });
}

/** Takes the folder for this process. Throws FLOW_RUN_STATE while another living process has it; returns the release. */
export function lockRunFolder(folder: RunFolder): () => void {
  const path = folder.file('run.lock');
  const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
    throw new FlowError('FLOW_RUN_STATE', {
      message: `The run "${folder.name}" is in use by process ${holder}.`, who: folder.name,
      cure: `Wait until it ends. If no flow process has this number, remove "${path}".`,
    });
  }
  writeFileAtomic(path, String(process.pid));
  return () => rmSync(path, { force: true });
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name) && name !== 'latest') return;
  throw new FlowError('FLOW_RUN_STATE', {
    message: `"${name}" is no name for a run.`, expected: 'up to 80 letters, digits, dots, dashes or underscores; not "latest"', got: name,
  });
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)]!;
}
