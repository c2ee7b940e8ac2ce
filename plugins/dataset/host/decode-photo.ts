/** From an image file to RGB, 8 bits a channel. */
import sharp from 'sharp';
import { readWhole, SampleError } from '../../../framework/index.js';
import type { Photo } from '../../preprocess/index.js';
import { decodePlainJpeg } from './plain-jpeg.js';

export interface DecodeOptions {
  /** Part of the photo to keep: left, top, width, height in pixels. */
  readonly region?: readonly [number, number, number, number];
  readonly maxMegapixels: number;
}

/**
 * Reads a photo upright (EXIF orientation applied) as sRGB; grey, palette, CMYK and 16-bit files are converted, what is
 * transparent becomes black. Throws a SampleError that names the file when it cannot be read.
 */
export async function decodePhoto(file: string, options: DecodeOptions): Promise<Photo> {
  return decodeBytes(await readBytes(file), file, options);
}

/** The same for a photo's bytes; `file` names it in messages. */
export async function decodeBytes(bytes: Buffer, file: string, { region, maxMegapixels }: DecodeOptions): Promise<Photo> {
  if (bytes.length === 0) throw new SampleError(`The photo ${file} is empty: it has zero bytes.`, { reason: 'photo-empty', cure: 'copy or download the file again' });
  const plain = region ? undefined : await decodePlainJpeg(bytes, maxMegapixels * 1e6);
  if (plain) return plain;
  try {
    let image = sharp(bytes, { limitInputPixels: Math.round(maxMegapixels * 1e6) })
      .autoOrient()
      .flatten({ background: '#000000' })
      .toColourspace('srgb');
    if (region) image = image.extract({ left: region[0], top: region[1], width: region[2], height: region[3] });
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: asRgb(data, info.channels) };
  } catch (error) {
    throw undecodable(file, error, maxMegapixels);
  }
}

/** The bytes of a file. Throws a SampleError that names it when it cannot be read. */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readWhole(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** `error`: what the system says of the file. */
export function unreadable(file: string, error: unknown): SampleError {
  return new SampleError(`The photo ${file} cannot be read.`, {
    reason: 'photo-unreadable', got: (error as NodeJS.ErrnoException).code, cure: 'check the path and the permissions of the file', cause: error,
  });
}

function undecodable(file: string, error: unknown, maxMegapixels: number): SampleError {
  const got = error instanceof Error ? error.message : String(error);
  if (/pixel limit/i.test(got)) {
    return new SampleError(`The photo ${file} is too large.`, {
      reason: 'photo-too-large', expected: `at most ${maxMegapixels} megapixels`, got, cure: 'make the photo smaller, or raise the option `maxMegapixels`', cause: error,
    });
  }
  return new SampleError(`The photo ${file} cannot be decoded: it is damaged or not an image.`, {
    reason: /unsupported image format/i.test(got) ? 'photo-format' : 'photo-damaged', expected: 'a complete JPEG, PNG, WebP, AVIF, TIFF or GIF file', got, cure: 'replace the file, or convert it to JPEG or PNG', cause: error,
  });
}

/** The decoder gives one channel for grey files and three for others. */
function asRgb(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let pixel = 0; pixel < rgb.length / 3; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgb[3 * pixel + channel] = data[channels * pixel + (channels >= 3 ? channel : 0)];
    }
  }
  return rgb;
}
