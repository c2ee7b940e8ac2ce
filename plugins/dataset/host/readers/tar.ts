/** Photos in tar archives, read where they lie: nothing is unpacked. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { extract, type Header } from 'tar-stream';
import { FlowError } from '../../../../framework/index.js';
import { isPhotoName, type ListedPhoto, type Split } from '../listed-photo.js';

/** More than any label file of one sample. */
const mostLabelBytes = 1 << 20;

/**
 * The photos of an uncompressed tar archive by their paths. A JSON file of the same stem holds labels (WebDataset's way): `identity` and `split`
 * are understood, the rest travels along. Throws FLOW_FILE_MISSING for an archive that is cut off or compressed.
 */
export async function listTar(archive: string): Promise<ListedPhoto[]> {
  const photos: ListedPhoto[] = [];
  const labels = new Map<string, Readonly<Record<string, string | number>>>();
  const reader = createReadStream(archive).pipe(extract());
  try {
    for await (const entry of reader) {
      const { name, size = 0, type, byteOffset } = entry.header as Header & { readonly byteOffset: number };
      if (type === 'file' && isPhotoName(name)) photos.push({ name, file: archive, part: { offset: byteOffset, size }, identity: '' });
      if (type === 'file' && name.endsWith('.json') && size <= mostLabelBytes) labels.set(stemOf(name), await labelsIn(entry as unknown as AsyncIterable<Uint8Array>));
      else entry.resume();
    }
  } catch (error) {
    throw new FlowError('FLOW_FILE_MISSING', {
      message: `The archive ${archive} cannot be read: ${(error as Error).message}`, expected: 'an uncompressed, complete tar archive',
      cure: 'uncompress it (gunzip), or fetch it again; photos in it are read at their place, which a compressed archive does not allow', cause: error,
    });
  }
  return photos.map((photo) => withLabels(photo, labels.get(stemOf(photo.name))));
}

/** The bytes of one photo of an archive. */
export async function readPart(archive: string, { offset, size }: NonNullable<ListedPhoto['part']>): Promise<Buffer> {
  const file = await open(archive);
  try {
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** WebDataset: what comes before the first dot of the last part of the path. */
function stemOf(name: string): string {
  const slash = name.lastIndexOf('/') + 1;
  const dot = name.indexOf('.', slash);
  return dot < 0 ? name : name.slice(0, dot);
}

async function labelsIn(entry: AsyncIterable<Uint8Array>): Promise<Readonly<Record<string, string | number>>> {
  const parts: Uint8Array[] = [];
  for await (const part of entry) parts.push(part);
  try {
    const value = JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
    const pairs = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(pairs.filter(([, item]) => typeof item === 'string' || typeof item === 'number')) as Record<string, string | number>;
  } catch {
    return {};
  }
}

function withLabels(photo: ListedPhoto, labels: Readonly<Record<string, string | number>> = {}): ListedPhoto {
  const { identity = '', split, ...rest } = labels;
  const known = split === 'train' || split === 'validation' || split === 'test' ? (split as Split) : undefined;
  return { ...photo, identity: String(identity), split: known, labels: rest };
}
