/**
 * What the head of an entry says by itself: small values whole, large ones by their digests. So a result that only says where a
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
/** An entry that takes no more bytes is read with its head: a mask, for one. */
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

/** What is to lie before the content of an entry: nothing where the content, `packed`, is small itself. */
export function glanceBytes({ values, digests }: EntryValues, packed: Uint8Array): Uint8Array {
  if (packed.length <= smallEntry) return new Uint8Array(0);
  const small = Object.entries(values).filter(([, value]) => bytesOf(value) <= smallValue);
  return encode({ values: Object.fromEntries(small), digests });
}

/** Throws as `decode` does. */
export function readGlance(bytes: Uint8Array): Glanced {
  const { values, digests } = decode(bytes) as EntryValues;
  remembering({ values, digests });
  return { values, digests: Object.fromEntries(Object.entries(digests).filter(([port]) => !(port in values))) };
}

/** The values of an entry, from its content. Rejects as `decode` and `unpack` do. */
export async function readValues(packed: Buffer): Promise<StageValues> {
  const { values, digests } = decode(await unpack(packed)) as EntryValues;
  return remembering({ values: withFloats(values), digests });
}

function remembering({ values, digests }: EntryValues): StageValues {
  for (const [port, value] of Object.entries(values)) rememberDigest(value, digests[port]);
  return values;
}
