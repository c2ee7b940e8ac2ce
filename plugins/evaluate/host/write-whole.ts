import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FlowError } from '../../../framework/index.js';

/** Writes a text file so that readers see the old file or the new one, never a part. Throws FLOW_DISK when it cannot. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.partial`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(beside, text);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new FlowError('FLOW_DISK', {
      message: `The file ${file} cannot be written.`, got: (error as NodeJS.ErrnoException).code,
      cure: 'free some space or check the permissions of the folder', cause: error,
    });
  }
}
