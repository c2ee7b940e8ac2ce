import { readFile, writeFile } from 'node:fs/promises';

/** Replaces words of a source that was downloaded. Throws Error when they are not in it: it is another version than expected. */
export async function changeText(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}: it is not the version that this setup knows`);
  await writeFile(path, text.replaceAll(from, to));
}
