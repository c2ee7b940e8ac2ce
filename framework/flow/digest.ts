/** Content digests of host values. Each object is hashed once; its digest is remembered as long as the object lives. */
import { createHash } from 'node:crypto';
import { encodedParts } from './encode.js';

const known = new WeakMap<object, string>();

/** SHA-256 of the value's encoded form, in hexadecimal. The value must not change afterwards. */
export function digestOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return hash(value);
  const before = known.get(value);
  if (before !== undefined) return before;
  const digest = hash(value);
  known.set(value, digest);
  return digest;
}

/** Says what a value's digest is, when it is known from elsewhere (a cache entry), so that it is not hashed again. */
export function rememberDigest(value: unknown, digest: string): void {
  if (typeof value === 'object' && value !== null) known.set(value, digest);
}

function hash(value: unknown): string {
  const sum = createHash('sha256');
  for (const part of encodedParts(value)) sum.update(part);
  return sum.digest('hex');
}
