/**
 * What sources gave before, by the fingerprint of what it was made from: the digests of large values and small values as they are. So a run
 * whose results are all cached neither decodes a photo nor hashes its pixels.
 *
 * One text file for each source type and version, to which runs only append: a line is a fingerprint, a checksum and JSON. Lines of several
 * processes do not mix, since each write is one append of whole lines; a damaged line is a sample that is read again. Nothing here can give a
 * wrong value: digests only choose entries of the content cache.
 */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { PlannedStage } from '../pipeline/plan.js';
import type { StageValues } from './stage-values.js';
import { digestOf } from './digest.js';

/** A sample as a ledger knows it. */
export interface KnownSample {
  /** Values by port, where they are small. */
  readonly values: StageValues;
  /** Digests of the values of the other ports. */
  readonly digests: Readonly<Record<string, string>>;
}

/** A larger file is begun anew: some 300,000 samples. */
const mostBytes = 2 ** 26;

/** Lines wait until there are so many characters of them. */
const writeSize = 2 ** 14;

/** The folder of the ledgers below a cache root. */
export function ledgerFolder(root: string): string {
  return join(root, 'sources');
}

/** Sources of one type and version share a ledger: fingerprints stand for everything else. */
export function ledgerName({ use, pluginVersion, contract }: Pick<PlannedStage, 'use' | 'pluginVersion' | 'contract'>): string {
  return digestOf({ format: 1, use, pluginVersion, version: contract.version }).slice(0, 32);
}

export class SourceLedger {
  readonly #file: string;
  readonly #lines: Map<string, string>;
  #waiting = '';
  #writing: Promise<void> = Promise.resolve();

  /** `name` is from `ledgerName`. */
  constructor(root: string, name: string) {
    this.#file = join(ledgerFolder(root), `${name}.txt`);
    this.#lines = readLines(this.#file);
  }

  get(fingerprint: string): KnownSample | undefined {
    const line = this.#lines.get(fingerprint);
    if (line === undefined) return undefined;
    const [sum, json] = cut(line);
    return sum === checksum(fingerprint, json) ? JSON.parse(json) as KnownSample : undefined;
  }

  /** Remembers what was read, unless a value is neither large nor JSON. `isLarge` says whether a port's value is known by its digest. */
  add(fingerprint: string, values: StageValues, isLarge: (port: string) => boolean): void {
    const [small, large] = [Object.entries(values).filter(([port]) => !isLarge(port)), Object.entries(values).filter(([port]) => isLarge(port))];
    const json = JSON.stringify({
      values: Object.fromEntries(small), digests: Object.fromEntries(large.map(([port, value]) => [port, digestOf(value)])),
    } satisfies KnownSample);
    const { values: again } = JSON.parse(json) as KnownSample;
    if (/[\r\n]/.test(json) || small.some(([port, value]) => !isDeepStrictEqual(again[port], value))) return;
    const line = `${checksum(fingerprint, json)} ${json}`;
    if (this.#lines.get(fingerprint) === line) return;
    this.#lines.set(fingerprint, line);
    this.#waiting += `${fingerprint} ${line}\n`;
    if (this.#waiting.length > writeSize) this.#write();
  }

  /** Resolves when all lines are written. A disk that cannot be written costs only time later. */
  async close(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  #write(): void {
    const text = this.#waiting;
    this.#waiting = '';
    if (text === '') return;
    this.#writing = this.#writing.then(async () => {
      mkdirSync(dirname(this.#file), { recursive: true });
      await appendFile(this.#file, `\n${text}`); // a line that was cut off ends here
    }).catch(() => undefined);
  }
}

function readLines(file: string): Map<string, string> {
  const lines = new Map<string, string>();
  try {
    if (!existsSync(file)) return lines;
    if (statSync(file).size > mostBytes) rmSync(file);
    else for (const line of readFileSync(file, 'utf8').split('\n')) if (line !== '') lines.set(...cut(line));
  } catch {
    return lines; // unreadable: samples are read again
  }
  return lines;
}

/** What stands before the first space, and what after it. */
function cut(line: string): [string, string] {
  const space = line.indexOf(' ');
  return [line.slice(0, space), line.slice(space + 1)];
}

function checksum(fingerprint: string, json: string): string {
  return hash('sha1', `${fingerprint} ${json}`, 'base64url').slice(0, 12);
}
