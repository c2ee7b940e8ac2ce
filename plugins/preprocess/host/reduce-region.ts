/** The part of a photo that a picture is made from, reduced by a whole factor. */
import { applyAffine, scaleOf, type Affine } from './affine.js';
import { resampler } from './resampler.js';

/** RGB, 8 bits a channel, rows from the top. */
export interface Photo {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A rectangle of the photo in units of blocks of `factor` × `factor` pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly factor: number;
}

/** Bytes of a pixel of the reduced region: red, green, blue in 0 … 1, and zero. */
export const pixelBytes = 16;

/** Memory for a row of reduced pixels; loops take four at a time. */
export function lineSize({ width }: Region): number {
  return (width + 3) * pixelBytes;
}

/** Memory for the reduced region and a row of zeros behind it. */
export function reducedSize(region: Region): number {
  return region.width * region.height * pixelBytes + lineSize(region);
}

/** The blocks that a picture reads whose pixels `inverse` takes to the photo; clipped to the photo. */
export function regionUnder(inverse: Affine, size: number, photo: Photo, factor: number): Region {
  const corners = [applyAffine(inverse, [0, 0]), applyAffine(inverse, [size, 0]), applyAffine(inverse, [0, size]), applyAffine(inverse, [size, size])];
  const margin = 2 * scaleOf(inverse) + 2;
  const bound = (values: number[], extent: number): [number, number] => [
    Math.max(0, Math.floor((Math.min(...values) - margin) / factor)),
    Math.min(Math.ceil(extent / factor), Math.ceil((Math.max(...values) + margin) / factor)),
  ];
  const [left, right] = bound(corners.map(([x]) => x), photo.width);
  const [top, bottom] = bound(corners.map(([, y]) => y), photo.height);
  return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top), factor };
}

/** Bytes of the photo that are copied at a time; more where a single row of blocks has more. */
const bandBytes = 1 << 18;

/** Memory that `reduceRegion` needs for bytes of the photo; blocks may be larger than it. */
export function bandSize(photo: Photo, { width, factor }: Region): number {
  return Math.max(bandBytes, 3 * Math.min(photo.width, width * factor) * Math.min(photo.height, factor));
}

/**
 * Means of blocks of the photo, [height, width] pixels and a row of zeros at `to`; `band` is the place of `bandSize` bytes. Blocks at the border
 * may be smaller.
 */
export function reduceRegion(photo: Photo, region: Region, band: number, to: number): void {
  const { width, height, factor } = region;
  const { memory, reduce, widen } = resampler();
  const bytes = new Uint8Array(memory.buffer);
  const left = region.left * factor;
  const columns = Math.min(photo.width, left + width * factor) - left;
  const [stride, whole, rest] = [3 * columns, Math.floor(columns / factor), columns % factor];
  const rowsOfBlocks = Math.max(1, Math.floor(bandSize(photo, region) / (stride * factor)));
  for (let row = 0; row < height; row++) {
    const place = row % rowsOfBlocks;
    if (place === 0) copyRows(photo, left, (region.top + row) * factor, rowsOfBlocks * factor, columns, bytes, band);
    const from = band + place * factor * stride;
    const start = to + row * width * pixelBytes;
    if (factor === 1) {
      widen(from, width, start);
      continue;
    }
    const high = Math.min(factor, photo.height - (region.top + row) * factor);
    reduce(from, stride, factor, high, whole, 1 / (255 * factor * high), start);
    if (rest > 0) reduce(from + 3 * factor * whole, stride, rest, high, 1, 1 / (255 * rest * high), start + whole * pixelBytes);
  }
  const end = to + width * height * pixelBytes;
  bytes.fill(0, end, end + lineSize(region));
}

function copyRows({ data, width, height }: Photo, left: number, top: number, count: number, columns: number, into: Uint8Array, at: number): void {
  const end = Math.min(height, top + count);
  if (columns === width) return into.set(data.subarray(3 * width * top, 3 * width * end), at);
  for (let row = top; row < end; row++, at += 3 * columns) {
    const start = 3 * (row * width + left);
    into.set(data.subarray(start, start + 3 * columns), at);
  }
}
