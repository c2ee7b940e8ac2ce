import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FlowError } from '../../../framework/index.js';

/**
 * Writes a file beside its place and renames it, so that no half-written file is ever seen under its name. Makes the folder.
 *
 * @throws FlowError FLOW_DISK when there is no space or no permission
 */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const beside = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(beside, bytes);
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new FlowError('FLOW_DISK', {
      message: `${path} cannot be written.`, got: (cause as Error).message, cure: 'Free space, or give a run folder that can be written.', cause,
    });
  }
}
