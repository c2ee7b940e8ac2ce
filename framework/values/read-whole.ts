import { closeSync, fstatSync, open, read } from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(open);
const readFrom = promisify(read);

/**
 * The bytes of a file. Only what may wait for the disk, opening and reading, is left to another thread: half the hand-overs of
 * `fs.promises.readFile`, which cost more than reading a small file. Rejects as that does, and when the file becomes shorter meanwhile.
 */
export async function readWhole(file: string): Promise<Buffer> {
  const descriptor = await openFile(file, 'r');
  try {
    const bytes = Buffer.allocUnsafeSlow(fstatSync(descriptor).size);
    if (bytes.length === 0) return bytes;
    const { bytesRead } = await readFrom(descriptor, bytes, 0, bytes.length, 0);
    if (bytesRead < bytes.length) throw new Error(`${file} became shorter while it was read`);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}
