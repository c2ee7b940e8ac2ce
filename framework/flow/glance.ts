/**
 * What the index of the cache says of an entry by itself: small values whole, large ones by their digests. So a result that only says where a
 * face lies is known without reading the picture beside it.
 */
import { withFloats } from './bytes-for-floats.js';
import { rememberDigest } from './digest.js';
import { decode, encode } from './encode.js';
import { bytesOf } from './memory-layer.js';
import { unpack } from './pack.js';
import type { StageValues } from './stage-values.js';

/** A value that takes more bytes is known by its digest alone. */
const smallValue = 1024;
/** An entry that takes no more bytes lies in the index as a whole: a mask, for one. */
const smallEntry = 2048;

/** What an entry holds: a stage's outputs and their digests, by port. */
export interface EntryValues {
  readonly values: StageValues;
  readonly digests: Readonly<Record<string, string>>;
}

/** Some values of an entry, and the digests of the others. */
export interface Glanced {
  readonly values: StageValues;
  /** Output port → digest of the value that was left out. */
  readonly digests: Readonly<Record<string, string>>;
}

/** As it lies in the index, with bytes in base64. */
export type StoredGlance =
  /** A small entry as it is, packed. */
  | { readonly entry: string }
  /** Small values as `encode` gives them, and the digests of all by output port. */
  | { readonly small: string; readonly digests: Readonly<Record<string, string>> };

/** `packed`: the bytes of the entry. */
export function storeGlance({ values, digests }: EntryValues, packed: Buffer): StoredGlance {
  if (packed.length <= smallEntry) return { entry: packed.toString('base64') };
  const small = Object.entries(values).filter(([, value]) => bytesOf(value) <= smallValue);
  return { small: encode(Object.fromEntries(small)).toString('base64'), digests };
}

/** Rejects as `decode` and `unpack` do. */
export async function readGlance(stored: StoredGlance): Promise<Glanced> {
  if ('entry' in stored) return { values: await readEntry(Buffer.from(stored.entry, 'base64')), digests: {} };
  const { small, digests } = stored;
  const values = remembering({ values: decode(Buffer.from(small, 'base64')) as StageValues, digests });
  return { values, digests: Object.fromEntries(Object.entries(digests).filter(([port]) => !(port in values))) };
}

/** The values of an entry, from its bytes. Rejects as `decode` and `unpack` do. */
export async function readEntry(packed: Buffer): Promise<StageValues> {
  const { values, digests } = decode(await unpack(packed)) as EntryValues;
  return remembering({ values: withFloats(values), digests });
}

function remembering({ values, digests }: EntryValues): StageValues {
  for (const [port, value] of Object.entries(values)) rememberDigest(value, digests[port]);
  return values;
}
