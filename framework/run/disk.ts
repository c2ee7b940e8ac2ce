/** Files that are either complete or absent, and disk errors that a person can act on. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FlowError } from '../errors/flow-error.js';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'there is no permission to write there',
  EPERM: 'there is no permission to write there',
  EROFS: 'the file system is read-only',
  EFBIG: 'the file would grow beyond the limit on its size',
};

/** FLOW_DISK for an error of the file system while `path` was written; other errors pass unchanged. */
export function diskError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (error instanceof FlowError || code === undefined) return error;
  return new FlowError('FLOW_DISK', {
    message: `"${path}" cannot be written: ${reasons[code] ?? code}.`, who: path, cause: error,
    cure: 'Free some space or choose another folder with --runs, then go on with --resume: what was finished is kept.',
  });
}

/**
 * Writes a file beside its place, brings it to the disk and renames it: a reader, or a start after a crash, sees the
 * old file or the new one, never a part. Throws FLOW_DISK; the old file then stays.
 */
export function writeFileAtomic(path: string, data: Uint8Array | string): void {
  const folder = dirname(path);
  const beside = join(folder, `.${basename(path)}.${process.pid}.part`);
  try {
    mkdirSync(folder, { recursive: true });
    writeAndSync(beside, typeof data === 'string' ? Buffer.from(data) : data);
    renameSync(beside, path);
    syncFolder(folder);
  } catch (error) {
    removeQuietly(beside);
    throw diskError(error, path);
  }
}

/** The error that led here matters, not one of cleaning up (`force` does not cover a folder that is a file). */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}

function writeAndSync(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    let done = 0;
    while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename is on the disk only when its folder is. */
function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
