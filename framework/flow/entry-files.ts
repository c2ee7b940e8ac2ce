/** Entries as they lie on disk: large ones have a file for their bytes, small ones lie in the index as a whole. */
import { createHash } from 'node:crypto';
import cacache from 'cacache';
import { readWhole } from '../values/read-whole.js';
import type { FoundEntry } from './find-entry.js';
import type { StoredGlance } from './glance.js';

/** What the index says beside an entry's place. Entries of earlier versions have no glance. */
export interface EntryMetadata {
  readonly glance?: StoredGlance;
}

/** `insert` is in cacache's manual, but missing from the published types. */
const { insert } = (cacache as unknown as {
  readonly index: { readonly insert: (folder: string, key: string, integrity: string, options: { metadata: unknown; size: number }) => Promise<unknown> };
}).index;

/** A small entry costs one file instead of two, and none that only holds a few bytes of its block. */
export async function writeEntry(folder: string, key: string, bytes: Buffer, metadata: EntryMetadata): Promise<void> {
  if (metadata.glance && 'entry' in metadata.glance) await insert(folder, key, integrityOf(bytes), { metadata, size: bytes.length });
  else await cacache.put(folder, key, bytes, { metadata, algorithms: ['sha1'] });
}

/** The bytes of an entry that was found; `cacache.get` would look for it once more. Rejects when they are not what was written. */
export async function readBytes({ path, integrity, metadata }: FoundEntry): Promise<Buffer> {
  const { glance } = (metadata ?? {}) as EntryMetadata;
  const bytes = glance && 'entry' in glance ? Buffer.from(glance.entry, 'base64') : await readWhole(path);
  if (integrity !== integrityOf(bytes)) throw new Error('its content is not what was written');
  return bytes;
}

/** Against damage, not against malice. */
function integrityOf(bytes: Buffer): string {
  return `sha1-${createHash('sha1').update(bytes).digest('base64')}`;
}
