/** Collects the problems of a pipeline so that one report names them all. */
import { FlowError, FlowErrors, type FlowErrorFields, type Place } from '../errors/flow-error.js';
import type { ErrorCode } from '../errors/error-codes.js';

/** Collects problems, so that one report holds them all. */
export class Problems {
  readonly #files: string[] = [];
  readonly #found: FlowError[] = [];
  readonly #known = new Set<string>();

  /** Problems are reported in the order in which their files were read. */
  addFile(file: string): void {
    this.#files.push(file);
  }

  get count(): number {
    return this.#found.length;
  }

  /** A problem at the same place and with the same words counts once: a graph that is used twice is wrong once. */
  add(code: ErrorCode, fields: FlowErrorFields): void {
    const key = JSON.stringify([code, fields.message, fields.where ?? fields.who]);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#found.push(new FlowError(code, fields));
  }

  /** Throws every problem found so far, in the order of the files and lines; does nothing when there is none. */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    const rank = (place: Place | undefined): number[] =>
      place ? [this.#files.indexOf(place.file), place.line, place.column] : [-1, 0, 0];
    throw new FlowErrors([...this.#found].sort((a, b) => compareRanks(rank(a.fields.where), rank(b.fields.where))));
  }
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, position) => value !== b[position]);
  return index < 0 ? 0 : a[index]! - b[index]!;
}
