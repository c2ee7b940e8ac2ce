import sharp from 'sharp';
import type { Picture } from './picture.js';

/** A picture as PNG, without loss. */
export async function writePng(picture: Picture): Promise<Uint8Array> {
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  return sharp(picture.data, { raw }).png({ compressionLevel: 6 }).toBuffer();
}

/** The pixels of a PNG, for those who read back what was written. */
export async function readPng(bytes: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(bytes).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}
