import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** Stands for a file's bytes, for what else a sample is made from (JSON), and for the decoder: SHA-256, 43 characters without spaces. */
export function fingerprintOf(bytes: Uint8Array, made: unknown): string {
  return createHash('sha256').update(JSON.stringify({ made, decoder: sharp.versions.vips })).update(bytes).digest('base64url');
}
