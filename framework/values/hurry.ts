/** Longer than this is no reading from memory, in milliseconds. */
const long = 1;
/** So many calls are then made another way before one is tried in place again. */
const waits = 16;

/** Whether to do short work in place: not while it takes long. */
export class Hurry {
  readonly #clock: () => number;
  #left = 0;

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
    if (this.#clock() - start > long) this.#left = waits;
    return result;
  }
}
