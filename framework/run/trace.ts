/** `trace.json`: what ran when, for chrome://tracing and Perfetto. */
import { writeFileAtomic } from './disk.js';

export interface TraceSpan {
  readonly kind: string;
  /** The stage or section: spans of one stage share a row. */
  readonly stage: string;
  readonly key: string;
  /** Milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
}

export interface Trace {
  add(span: TraceSpan): void;
  write(path: string): void;
}

/** Keeps the first `most` spans: the start of a run shows its shape, and memory stays bounded. */
export function createTrace(most = 50_000): Trace {
  const spans: TraceSpan[] = [];
  return {
    add: (span) => {
      if (spans.length < most) spans.push(span);
    },
    write: (path) => writeFileAtomic(path, JSON.stringify({ displayTimeUnit: 'ms', traceEvents: traceEvents(spans) })),
  };
}

/** Complete events (`X`) in microseconds, and a name for each row. */
function traceEvents(spans: readonly TraceSpan[]): object[] {
  const rows = new Map<string, number>();
  const events: object[] = spans.map(({ kind, stage, key, start, milliseconds }) => {
    if (!rows.has(stage)) rows.set(stage, rows.size + 1);
    return {
      name: key, cat: kind, ph: 'X', pid: 1, tid: rows.get(stage)!, ts: Math.round(start * 1000), dur: Math.round(milliseconds * 1000),
    };
  });
  const names = [...rows].map(([name, tid]) => ({ name: 'thread_name', ph: 'M', pid: 1, tid, args: { name } }));
  return [...names, ...events];
}
