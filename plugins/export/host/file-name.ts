import { createHash } from 'node:crypto';
import { join } from 'node:path';

const longest = 96;

/**
 * A file name for a sample's key: letters, digits, `.`, `_` and `-` stay, every other run becomes one `_`. A name that had to change
 * ends in eight hexadecimal digits of the key's SHA-256, so that two keys never share a file.
 */
export function fileNameOf(key: string): string {
  const plain = key.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[.-]+/, '').replace(/\.+$/, '').slice(-longest);
  if (plain === key && plain !== '') return plain;
  return `${plain || 'sample'}-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
}

/** Step 100 → `step-000100`. */
export function stepName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/** Where a sample's files go, without an extension: `folder/key` outside training, `folder/step-000100/key` in it. */
export function pathStem(folder: string, call: { readonly key: string; readonly step: number }): string {
  return join(folder, ...(call.step > 0 ? [stepName(call.step)] : []), fileNameOf(call.key));
}
