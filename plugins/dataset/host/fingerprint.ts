import { hash } from 'node:crypto';
import sharp from 'sharp';
import type { ListedPhoto } from './listed-photo.js';
import { stampOf } from './read-photo.js';

/**
 * Stands for all that a sample is made from, without reading the photo: what its data set says, the stamps of its files, and the decoder. SHA-256, 43
 * characters without spaces. Throws as `stampOf`.
 */
export async function fingerprintOf(photo: ListedPhoto, maxMegapixels: number): Promise<string> {
  const made = { photo, stamp: await stampOf(photo), maxMegapixels, decoder: sharp.versions.vips };
  return hash('sha256', JSON.stringify(made), 'base64url');
}
