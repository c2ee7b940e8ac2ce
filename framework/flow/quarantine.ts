/** The list of refused samples: `quarantine.jsonl`, one line a refusal. A sample that is refused again is listed once. */
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface QuarantineLine {
  readonly key: string;
  readonly stage: string;
  /** The attempt that was the last. */
  readonly attempt: number;
  readonly code: string;
  /** The kind of fault within the code, where the stage says it: `no-face`. */
  readonly reason?: string;
  readonly message: string;
  /** ISO 8601. */
  readonly time: string;
}

/** Counts refusals by stage and writes each refused sample once. */
export class Quarantine {
  readonly #file: string | undefined;
  readonly #listed = new Set<string>();
  readonly #counts = new Map<string, number>();
  #writing: Promise<void> = Promise.resolve();

  /** Without a file, only counts. A file that an earlier start of the run left is continued. */
  constructor(file?: string) {
    this.#file = file;
    for (const line of file === undefined ? [] : earlierLines(file)) this.#count(line);
  }

  add(line: Omit<QuarantineLine, 'time'>): void {
    const file = this.#file;
    if (!this.#count(line) || file === undefined) return;
    const text = `${JSON.stringify({ ...line, time: new Date().toISOString() } satisfies QuarantineLine)}\n`;
    this.#writing = this.#writing.then(async () => {
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, text);
    });
    this.#writing.catch(() => undefined); // reported by close
  }

  /** Different samples by stage. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Resolves when every line is written; rejects when one could not be. */
  async close(): Promise<void> {
    await this.#writing;
  }

  /** False for a refusal that is known. */
  #count({ stage, key }: Pick<QuarantineLine, 'stage' | 'key'>): boolean {
    const id = `${stage} ${key}`;
    if (this.#listed.has(id)) return false;
    this.#listed.add(id);
    this.#counts.set(stage, (this.#counts.get(stage) ?? 0) + 1);
    return true;
  }
}

/** The complete lines of the file; what a crash left of a last line is cut off. */
function earlierLines(file: string): QuarantineLine[] {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(file, end);
  return bytes.toString('utf8', 0, end).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as QuarantineLine);
}
