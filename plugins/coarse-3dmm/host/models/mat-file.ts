/** Reads chosen matrices of a MAT file, level 5, compressed or not. Nothing is allocated before its size has been checked. */
import { inflateSync, constants } from 'node:zlib';
import type { CheckedFile } from './checked-file.js';
import { withFile } from './checked-file.js';
import { elementTypes, numberBytes, readMatrixHeader, readTag, toNumbers, type MatNumbers, type MatrixHeader } from './mat-element.js';
import { modelFileError } from './model-file-error.js';

/** A matrix that is wanted; rows and columns of a vector may be the other way round. */
export interface WantedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Only the first columns are kept. */
  readonly leading?: number;
}

/** Numbers in MATLAB's order: column after column. */
export type Matrices<K extends string> = Readonly<Record<K, MatNumbers>>;

/** More than any header needs: flags, dimensions and a name of at most 63 characters. */
const headerBytes = 1024;

/**
 * @throws FlowError FLOW_RESOURCE naming the file, what was expected and what was found, when the file is of another kind,
 * incomplete, or a matrix is missing, of another size, not real, or not finite
 */
export async function readMatFile<K extends string>(path: string, wanted: Readonly<Record<K, WantedMatrix>>): Promise<Matrices<K>> {
  return withFile(path, async (file) => {
    await checkHead(file);
    const found: Partial<Record<K, MatNumbers>> = {};
    for (let offset = 128; offset + 8 <= file.size;) {
      const tag = await naming(file, offset, async () => readTag(await file.read(offset, 8), 0, false));
      if (tag.type === elementTypes.matrix || tag.type === elementTypes.compressed) {
        const matrix = await readMatrix(file, offset, tag, wanted);
        if (matrix) found[matrix.name as K] = matrix.numbers;
      }
      offset += tag.type === elementTypes.compressed ? 8 + tag.bytes : tag.next;
    }
    const missing = (Object.keys(wanted) as K[]).filter((name) => !found[name]);
    if (missing.length > 0) {
      throw modelFileError(path, `The MAT file has no ${missing.join(', ')}.`, {
        expected: `the matrices ${Object.keys(wanted).join(', ')}`, cure: 'check that this is the right file of the model, and whole',
      });
    }
    return found as Matrices<K>;
  });
}

async function checkHead(file: CheckedFile): Promise<void> {
  const head = await file.read(0, Math.min(128, file.size));
  const got = head.length < 128 ? `${head.length} bytes` : JSON.stringify(head.toString('latin1', 0, 40).trimEnd());
  if (/^MATLAB 7\.3/.test(head.toString('latin1'))) {
    throw modelFileError(file.path, 'The MAT file is of version 7.3 (HDF5).', { expected: 'a MAT file of level 5', got, cure: 'save it again with `save -v7`' });
  }
  if (head.length < 128 || head.toString('latin1', 126, 128) !== 'IM' || head.readUInt16LE(124) >> 8 !== 1) {
    throw modelFileError(file.path, 'The file is not a MAT file of level 5 in little-endian order.', { expected: 'a head of 128 bytes that ends in "IM"', got });
  }
}

interface Found {
  readonly name: string;
  readonly numbers: MatNumbers;
}

async function readMatrix(
  file: CheckedFile, offset: number, tag: { readonly type: number; readonly bytes: number }, wanted: Readonly<Record<string, WantedMatrix>>,
): Promise<Found | undefined> {
  const compressed = tag.type === elementTypes.compressed;
  if (offset + 8 + tag.bytes > file.size) await file.read(offset, 8 + tag.bytes);
  const start = await file.read(offset + 8, Math.min(tag.bytes, headerBytes));
  return naming(file, offset, async () => {
    const opening = compressed ? inflateStart(start) : start;
    const header = readMatrixHeader(compressed ? opening.subarray(8) : opening);
    const want = Object.hasOwn(wanted, header.name) ? wanted[header.name] : undefined;
    if (!want) return undefined;
    const count = checkHeader(file, header, want);
    const dataAt = header.realPart + (compressed ? 8 : 0);
    const data = readTag(opening, dataAt, false);
    const bytes = numberBytes(data.type);
    if (bytes === undefined || data.bytes !== bytes * want.rows * want.columns) {
      throw modelFileError(file.path, `The numbers of ${header.name} do not fit its dimensions.`, {
        expected: `${want.rows} x ${want.columns} numbers`, got: `${data.bytes} bytes of type ${data.type}`,
      });
    }
    const end = data.data + count * bytes;
    const raw = compressed
      ? inflateUpTo(await file.read(offset + 8, tag.bytes), data.data + data.bytes + 8).subarray(data.data, end)
      : await file.read(offset + 8 + data.data, count * bytes);
    if (raw.length !== count * bytes) throw new RangeError(`${header.name} holds ${raw.length} bytes, not ${count * bytes}`);
    const numbers = toNumbers(data.type, raw);
    checkFinite(file, header.name, numbers);
    return { name: header.name, numbers };
  });
}

/** What is wrong in the structure of an element is said with its place. */
async function naming<T>(file: CheckedFile, offset: number, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof RangeError) && (cause as { code?: string }).code?.startsWith('Z_') !== true && (cause as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') throw cause;
    throw modelFileError(file.path, `The element at byte ${offset} of the MAT file is damaged.`, {
      got: (cause as Error).message, cure: 'fetch the file again', cause,
    });
  }
}

function checkHeader(file: CheckedFile, { name, classCode, complex, shape }: MatrixHeader, { rows, columns, leading = columns }: WantedMatrix): number {
  const fits = shape.length === 2 && ((shape[0] === rows && shape[1] === columns) || (Math.min(rows, columns) === 1 && shape[0] === columns && shape[1] === rows));
  if (!fits) {
    throw modelFileError(file.path, `The matrix ${name} has another size.`, {
      expected: `${rows} x ${columns}`, got: shape.join(' x '), cure: 'check that the file belongs to this model',
    });
  }
  if (classCode < 6 || classCode > 13 || complex) {
    throw modelFileError(file.path, `${name} is not a matrix of real numbers.`, { got: `class ${classCode}${complex ? ', complex' : ''}` });
  }
  return rows * leading;
}

function checkFinite(file: CheckedFile, name: string, numbers: MatNumbers): void {
  const at = numbers.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw modelFileError(file.path, `${name} holds a number that is not finite.`, { got: `${numbers[at]} at place ${at}`, cure: 'fetch the file again' });
}

/** The first bytes of a compressed element. */
function inflateStart(bytes: Buffer): Buffer {
  return inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 21 });
}

function inflateUpTo(bytes: Buffer, length: number): Buffer {
  return inflateSync(bytes, { maxOutputLength: length });
}
