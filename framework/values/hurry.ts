/** Longer than this is no reading from memory, in milliseconds. */
const long = 1;
/** At most so many calls are made another way before one is tried in place again. */
const mostWaits = 16;

/** Whether to do short work in place: not while it takes long. One long call may be a thread that lost its core; only several are a slow disk. */
export class Hurry {
  readonly #clock: () => number;
  #left = 0;
  #waits = 1;

  /** `clock` gives milliseconds. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** Whether the next one is to be done in place. */
  now(): boolean {
    if (this.#left === 0) return true;
    this.#left--;
    return false;
  }

  /** Does it in place and notes whether it took long. */
  timed<T>(work: () => T): T {
    const start = this.#clock();
    const result = work();
    const wasLong = this.#clock() - start > long;
    this.#left = wasLong ? this.#waits : 0;
    this.#waits = wasLong ? Math.min(mostWaits, 2 * this.#waits) : 1;
    return result;
  }
}
