/**
 * The order in which a run visits samples: a function of (seed, epoch, position) and nothing else, so that a run resumes
 * anywhere without replaying what came before.
 */
import { permutationFor } from '../values/random.js';
import type { Ticket } from './packet.js';

/** A place in the sequence: the next sample to visit. */
export interface Cursor {
  readonly epoch: number;
  /** 0 … length − 1 within the epoch. */
  readonly position: number;
}

export const startCursor: Cursor = { epoch: 0, position: 0 };

export interface SequenceOptions {
  /** Keys of the samples in natural order. */
  readonly keys: readonly string[];
  readonly seed: number;
  /** Each epoch is a seeded permutation (training), or natural order (validation and inference). */
  readonly shuffle: boolean;
  readonly start: Cursor;
  /** How many samples to visit in all; Infinity for training. */
  readonly count: number;
}

/** Tickets from the cursor on. Deterministic and lazy: one permutation is held at a time. */
export function* ticketSequence(options: SequenceOptions): Generator<Ticket> {
  const { keys, seed, shuffle, start, count } = options;
  let { epoch, position } = start;
  let order = shuffle ? permutationFor(keys.length, seed, 'epoch', epoch) : undefined;
  for (let visited = 0; visited < count; visited++) {
    yield { position: epoch * keys.length + position, epoch, key: keys[order ? order[position] : position] };
    position++;
    if (position < keys.length) continue;
    position = 0;
    epoch++;
    if (order) order = permutationFor(keys.length, seed, 'epoch', epoch);
  }
}

/** The cursor after the sample at a global position. */
export function cursorAfter(position: number, length: number): Cursor {
  const next = position + 1;
  return { epoch: Math.floor(next / length), position: next % length };
}
