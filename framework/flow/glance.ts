/**
 * What the head of an entry says by itself: small values whole, large ones by their digests. So a result that only says where a
 * face lies is known without reading the picture beside it.
 */
import { withFloats } from './bytes-for-floats.js';
import { rememberDigest } from './digest.js';
import { decode, encode } from './encode.js';
import { bytesOf } from './memory-layer.js';
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

/** What `glanceBytes` made; throws as `decode` does. */
export function readGlance(bytes: Uint8Array): Glanced {
  const { values, digests } = remembered(decode(bytes) as EntryValues);
  return { values, digests: Object.fromEntries(Object.entries(digests).filter(([port]) => !(port in values))) };
}

/** All values, from what an entry holds (`unpack`). Throws as `decode` does. */
export function readValues(bytes: Uint8Array): StageValues {
  const { values, digests } = decode(bytes) as EntryValues;
  return remembered({ values: withFloats(values), digests }).values;
}

function remembered(entry: EntryValues): EntryValues {
  for (const [port, value] of Object.entries(entry.values)) rememberDigest(value, entry.digests[port]);
  return entry;
}
