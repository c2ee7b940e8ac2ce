/**
 * Chrome trace events, readable in Perfetto and chrome://tracing: one row for each stage, one bar for each sample's work.
 * Format: "Trace Event Format" (the Chromium project), JSON array, complete events (`ph: X`), times in microseconds. The
 * closing bracket may be missing, so that the trace of a killed run is readable.
 */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Subscription } from 'rxjs';
import type { Monitor, ProgressEvent } from './monitor.js';

export interface Span {
  /** Row of the picture. */
  readonly row: string;
  readonly name: string;
  /** By `performance.now()`, and duration; both in milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
  readonly facts?: Readonly<Record<string, string | number>>;
}

export class TraceWriter {
  readonly #stream: WriteStream;
  readonly #rows = new Map<string, number>();
  #fault: Error | undefined;
  #separator = '[\n';

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#stream = createWriteStream(file);
    this.#stream.on('error', (error) => {
      this.#fault = error; // a trace that cannot be written does not stop the run; `close` tells
    });
  }

  span({ row, name, start, milliseconds, facts }: Span): void {
    this.#write({ ph: 'X', name, pid: process.pid, tid: this.#rowId(row), ts: Math.round(start * 1000), dur: Math.round(milliseconds * 1000), args: facts });
  }

  /** Resolves when the file is complete; rejects when it could not be written. */
  async close(): Promise<void> {
    if (!this.#fault) await new Promise<void>((resolve) => this.#stream.end(this.#separator.startsWith('[') ? '[]\n' : '\n]\n', () => resolve()));
    if (this.#fault) throw this.#fault;
  }

  #rowId(row: string): number {
    let id = this.#rows.get(row);
    if (id === undefined) {
      id = this.#rows.size + 1;
      this.#rows.set(row, id);
      this.#write({ ph: 'M', name: 'thread_name', pid: process.pid, tid: id, args: { name: row } });
    }
    return id;
  }

  #write(event: Readonly<Record<string, unknown>>): void {
    if (this.#fault) return;
    this.#stream.write(this.#separator + JSON.stringify(event));
    this.#separator = ',\n';
  }
}

/** Writes what a monitor reports as spans, until unsubscribed. */
export function writeTrace(monitor: Monitor, trace: TraceWriter): Subscription {
  return monitor.progress$.subscribe((event: ProgressEvent) => {
    if (event.kind === 'finished') return;
    const { stage, kind, key, position, start, milliseconds } = event;
    trace.span({ row: stage, name: kind === 'ran' ? key : `${key} (${kind})`, start, milliseconds, facts: { key, position, kind } });
  });
}
