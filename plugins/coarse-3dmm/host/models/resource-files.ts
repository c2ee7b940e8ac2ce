/** Where the files of a model are that its user brings. Cheap enough for a check. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { derivedFiles } from './bfm-derive.js';

const frontFile = 'BFM_model_front.mat';

/** The file itself, the one in the folder, or the folder whose files it is derived from. */
export function bfm2009Source(path: string): { readonly front: string } | { readonly folder: string } {
  if (!isFolder(path)) return { front: path };
  return isFile(join(path, frontFile)) ? { front: join(path, frontFile) } : { folder: path };
}

/** The files that the model follows from. */
export function bfm2009Files(path: string): string[] {
  const source = bfm2009Source(path);
  return 'front' in source ? [source.front] : Object.values(derivedFiles).map((name) => join(source.folder, name));
}

/** Those paths that are no folders: a folder in the place of a file is left to the loader to refuse. */
export function filesAmong(paths: readonly string[]): string[] {
  return paths.filter((path) => !isFolder(path));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
