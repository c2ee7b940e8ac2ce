/** Classes of symbols that must be equal, each with at most one known value and the place that decided it. */
import type { Place } from '../errors/flow-error.js';

export interface Decision<T> {
  readonly value: T;
  /** Who decided it: `photo.image`. */
  readonly by: string;
  readonly place: Place;
}

/** Classes of symbols that must agree, each with at most one decided value. */
export class Classes<T> {
  readonly #parents = new Map<string, string>();
  readonly #decisions = new Map<string, Decision<T>>();

  /** What the symbol's class is known to be. */
  decisionOf(symbol: string): Decision<T> | undefined {
    return this.#decisions.get(this.#rootOf(symbol));
  }

  /** The class of the symbol has this value. Returns the earlier decision when it was another. */
  decide(symbol: string, decision: Decision<T>): Decision<T> | undefined {
    const root = this.#rootOf(symbol);
    const known = this.#decisions.get(root);
    if (known && known.value !== decision.value) return known;
    if (!known) this.#decisions.set(root, decision);
    return undefined;
  }

  /** Both symbols are equal. Returns the two decisions when they contradict each other, and leaves the classes apart. */
  unite(one: string, other: string): readonly [Decision<T>, Decision<T>] | undefined {
    const [a, b] = [this.#rootOf(one), this.#rootOf(other)];
    const [known, alsoKnown] = [this.#decisions.get(a), this.#decisions.get(b)];
    if (known && alsoKnown && known.value !== alsoKnown.value) return [known, alsoKnown];
    if (a === b) return undefined;
    this.#parents.set(b, a);
    const decision = known ?? alsoKnown;
    if (decision) this.#decisions.set(a, decision);
    return undefined;
  }

  #rootOf(symbol: string): string {
    let root = symbol;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent;
    return root;
  }
}
