import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { Hurry } from './hurry.js';

const readFrom = promisify(read);
const hurry = new Hurry();

/**
 * The bytes of a file. A file that the system holds in memory is read in place: handing it to another thread costs more than reading 150 kB.
 * While reading takes long (see `Hurry`), the disk is waited for on another thread. Rejects as `fs.promises.readFile` does, and when
 * the file becomes shorter meanwhile; what is no file is empty.
 */
export async function readWhole(file: string): Promise<Buffer> {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would wait for its writer
  try {
    const bytes = Buffer.allocUnsafeSlow(fstatSync(descriptor).size);
    if (bytes.length === 0) return bytes;
    const bytesRead = hurry.now()
      ? hurry.timed(() => readSync(descriptor, bytes, 0, bytes.length, 0))
      : (await readFrom(descriptor, bytes, 0, bytes.length, 0)).bytesRead;
    if (bytesRead < bytes.length) throw new Error(`${file} became shorter while it was read`);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}
