/** Progress for people: one line that renews itself on a terminal, a plain line now and then elsewhere. */
export interface ProgressSample {
  readonly step: number;
  /** What the loss is now. */
  readonly loss: number | null;
  /** Share of the work done, in [0, 1], when the end is known. */
  readonly done?: number;
  /** More numbers to show, such as a validation metric. */
  readonly notes?: Readonly<Record<string, number>>;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  update(sample: ProgressSample): void;
  /** A line of its own that stays, such as a validation result. */
  say(line: string): void;
  /** Ends the renewed line. */
  end(): void;
}

export interface ProgressOptions {
  readonly output: ProgressOutput;
  /** What is counted: `step`, `sample`. */
  readonly unit: string;
  /** Seconds between plain lines. */
  readonly interval?: number;
  /** Seconds, monotonic. */
  readonly clock?: () => number;
}

/** Progress on an output: a terminal line or plain lines, with rate and time left. */
export function createProgress({ output, unit, interval = 5, clock = () => performance.now() / 1000 }: ProgressOptions): Progress {
  const terminal = output.isTTY === true;
  const pace = createPace(clock);
  let shown = -Infinity;
  let open = false;
  const endLine = (): void => {
    if (open) output.write('\n');
    open = false;
  };
  return {
    update: (sample) => {
      pace.mark(sample);
      const now = clock();
      const finished = sample.done !== undefined && sample.done >= 1;
      if (now - shown < (terminal ? 0.1 : interval) && !finished) return;
      shown = now;
      const line = describe(sample, unit, pace.rate(), pace.left());
      if (!terminal) {
        output.write(`${line}\n`);
        return;
      }
      output.write(`\r\u001b[2K${line.slice(0, Math.max((output.columns ?? 100) - 1, 20))}`);
      open = true;
    },
    say: (line) => {
      if (open) output.write('\r\u001b[2K');
      open = false;
      output.write(`${line}\n`);
    },
    end: endLine,
  };
}

/** `1 h 02 min`, `3 min 20 s`, `12 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

function describe(sample: ProgressSample, unit: string, rate: number | undefined, left: number | undefined): string {
  const parts = [`${unit} ${sample.step}`];
  if (sample.done !== undefined) parts.push(`${Math.floor(Math.min(sample.done, 1) * 100)} %`);
  if (sample.loss !== null) parts.push(`loss ${significant(sample.loss)}`);
  for (const [name, value] of Object.entries(sample.notes ?? {})) parts.push(`${name} ${significant(value)}`);
  if (rate !== undefined) parts.push(rate >= 1 ? `${significant(rate)} ${unit}s/s` : `${significant(1 / rate)} s/${unit}`);
  if (left !== undefined) parts.push(`${formatDuration(left)} left`);
  return parts.join(' · ');
}

function significant(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}

interface Pace {
  mark(sample: ProgressSample): void;
  rate(): number | undefined;
  left(): number | undefined;
}

/** Rate and time left from the marks of about the last half minute: a slow start is soon forgotten. */
function createPace(clock: () => number): Pace {
  const marks: { time: number; step: number; done: number | undefined }[] = [];
  const slope = (value: (mark: (typeof marks)[number]) => number | undefined): number | undefined => {
    const [first, last] = [marks[0], marks.at(-1)];
    const [from, to] = [first && value(first), last && value(last)];
    if (!first || !last || from === undefined || to === undefined || last.time <= first.time || to <= from) return undefined;
    return (to - from) / (last.time - first.time);
  };
  return {
    mark: ({ step, done }) => {
      marks.push({ time: clock(), step, done });
      while (marks.length > 20 && marks.at(-1)!.time - marks[1]!.time > 30) marks.shift();
    },
    rate: () => slope(({ step }) => step),
    left: () => {
      const speed = slope(({ done }) => done);
      const done = marks.at(-1)?.done;
      return speed === undefined || done === undefined ? undefined : (1 - Math.min(done, 1)) / speed;
    },
  };
}
