/**
 * Counter-based random numbers: the n-th draw is a pure function of (key, n), so results do not depend on the order in
 * which stages, workers or machines ask. Keys are made from words such as (run seed, stage, epoch, sample key).
 *
 * Generator: Philox 2x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Integer in [0, count). */
  integer(count: number): number;
  /** A generator whose draws are independent of this one's, named by words. */
  fork(...words: readonly (string | number)[]): Random;
}

/** A generator keyed by words, for instance `randomFor(runSeed, 'rotate', epoch, sampleKey)`. */
export function randomFor(...words: readonly (string | number)[]): Random {
  const [low, high] = hashWords(words);
  let counter = 0;
  let spare: number | undefined;
  const next = (): number => philox(counter++, high, low) / 4294967296;
  const random: Random = {
    uniform: next,
    between: (from, to) => from + (to - from) * next(),
    normal: () => {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    integer: (count) => Math.floor(next() * count),
    fork: (...more) => randomFor(...words, ...more),
  };
  return random;
}

/** A permutation of 0 … count − 1 (Fisher-Yates), a pure function of the words. */
export function permutationFor(count: number, ...words: readonly (string | number)[]): Int32Array {
  const random = randomFor('permutation', ...words);
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const held = order[last]!;
    order[last] = order[other]!;
    order[other] = held;
  }
  return order;
}

/** The first word of Philox 2x32-10 at the counter (high, low). */
export function philox(counter: number, counterHigh: number, key: number): number {
  let left = counter >>> 0;
  let right = counterHigh >>> 0;
  let roundKey = key >>> 0;
  for (let round = 0; round < 10; round++) {
    const productHigh = highProduct(left, 0xd256d193);
    const productLow = Math.imul(left, 0xd256d193) >>> 0;
    left = (productHigh ^ roundKey ^ right) >>> 0;
    right = productLow;
    roundKey = (roundKey + 0x9e3779b9) >>> 0;
  }
  return left;
}

/** Upper 32 bits of the product of two unsigned 32-bit integers, by halves of 16 bits. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle % 65536);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

/** Two independent 32-bit FNV-1a digests of the words, separated so that ('a', 'bc') and ('ab', 'c') differ. */
function hashWords(words: readonly (string | number)[]): [number, number] {
  let first = 0x811c9dc5;
  let second = 0x01000193 ^ 0x5bd1e995;
  const feed = (byte: number): void => {
    first = Math.imul(first ^ byte, 0x01000193) >>> 0;
    second = Math.imul(second ^ (byte + 0x9d), 0x85ebca6b) >>> 0;
    second = (second ^ (second >>> 13)) >>> 0;
  };
  for (const word of words) {
    const text = typeof word === 'number' ? `n${word}` : `s${word}`;
    for (let index = 0; index < text.length; index++) {
      feed(text.charCodeAt(index) & 0xff);
      feed(text.charCodeAt(index) >>> 8);
    }
    feed(0x1f);
  }
  return [first, second];
}
