import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import cacache from 'cacache';

export interface FoundEntry {
  /** The file in which the index speaks of it. */
  readonly index: string;
  /** The file of its content. */
  readonly path: string;
  /** `sha1-` and the digest of that file in base64. */
  readonly integrity: string;
  /** What was written beside it. */
  readonly metadata?: unknown;
}

/**
 * Where the content of an entry lies. As `cacache.get.info`, whose layout this reads (`index-v5`, `content-v2`: a line for each time that an
 * entry was written, its SHA-1 before it, the last one counts) with half of the file operations; whatever is not as expected is left to that.
 */
export async function findEntry(folder: string, key: string): Promise<FoundEntry | undefined> {
  const index = indexFile(folder, key);
  const text = readLines(index);
  if (text === undefined) return undefined;
  const [sum, json = ''] = text.slice(text.lastIndexOf('\n') + 1).split('\t');
  if (sum !== '' && sum === hash('sha1', json)) {
    const entry = JSON.parse(json) as { readonly key: string; readonly integrity: string | null; readonly metadata?: unknown };
    const { integrity } = entry;
    if (entry.key === key && integrity && /^sha1-[A-Za-z0-9+/=]+$/.test(integrity)) return { index, path: contentFile(folder, integrity), integrity, metadata: entry.metadata };
  }
  const info = await cacache.get.info(folder, key);
  return info ? { index, path: info.path, integrity: info.integrity, metadata: info.metadata as unknown } : undefined;
}

/** What the index says of an entry, as one line. */
export function indexLine(entry: { readonly key: string; readonly integrity: string; readonly time: number; readonly size: number; readonly metadata: unknown }): string {
  const json = JSON.stringify(entry);
  return `${hash('sha1', json)}\t${json}`;
}

/** The file of a content; `integrity` is `sha1-` and its digest in base64. */
export function contentFile(folder: string, integrity: string): string {
  return hashedPath(join(folder, 'content-v2', 'sha1'), Buffer.from(integrity.slice('sha1-'.length), 'base64').toString('hex'));
}

/** The file in which the index speaks of a key. */
export function indexFile(folder: string, key: string): string {
  return hashedPath(join(folder, 'index-v5'), hash('sha256', key));
}

/** Some hundred bytes, read in place: handing them to another thread costs the processor six times as much as reading them. Undefined without such a file. */
function readLines(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '';
  }
}

function hashedPath(folder: string, digest: string): string {
  return join(folder, digest.slice(0, 2), digest.slice(2, 4), digest.slice(4));
}
