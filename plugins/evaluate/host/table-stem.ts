import { join } from 'node:path';

/** Path of a table without its ending: `NAME`, or `NAME-000100` for the validation after step 100 of a training. */
export function tableStem(folder: string, name: string, step: number): string {
  return join(folder, step > 0 ? `${name}-${String(step).padStart(6, '0')}` : name);
}
