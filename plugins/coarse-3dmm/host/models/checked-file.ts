/** Reads parts of files whose sizes nobody may trust. */
import { open, type FileHandle } from 'node:fs/promises';
import { FlowError } from '../../../../framework/index.js';
import { modelFileError } from './model-file-error.js';

export interface CheckedFile {
  readonly path: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`. @throws FlowError when the file ends before */
  read(offset: number, length: number): Promise<Buffer>;
}

/** Opens a file for the time of `use`. */
export async function withFile<T>(path: string, use: (file: CheckedFile) => Promise<T>): Promise<T> {
  const handle = await open(path).catch((cause: unknown) => {
    throw new FlowError('FLOW_FILE_MISSING', { who: path, message: `The file ${path} cannot be opened.`, cause, cure: 'check the option `path` of the face model' });
  });
  try {
    const entry = await handle.stat();
    if (!entry.isFile()) throw modelFileError(path, 'This is not a file.', { expected: 'a file of a face model', got: 'a folder or a device', cure: 'check the option `path` of the face model' });
    const { size } = entry;
    return await use({ path, size, read: (offset, length) => readExactly(handle, path, size, offset, length) });
  } finally {
    await handle.close();
  }
}

async function readExactly(handle: FileHandle, path: string, size: number, offset: number, length: number): Promise<Buffer> {
  if (offset + length > size) {
    throw modelFileError(path, 'The file ends too early.', {
      expected: `at least ${offset + length} bytes`, got: `${size} bytes`, cure: 'the copy is incomplete: fetch the file again',
    });
  }
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(length - at, 1 << 30), offset + at);
    if (bytesRead === 0) throw modelFileError(path, 'The file became shorter while it was read.', {});
    at += bytesRead;
  }
  return bytes;
}
