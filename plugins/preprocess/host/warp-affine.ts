/** Resampling of a photo through a similarity, in one step and without aliasing. */
import { applyAffine, invertAffine, scaleOf, type Affine } from './affine.js';

/** RGB, 8 bits a channel, rows from the top. */
export interface Photo {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A rectangle of the photo, averaged over blocks of `factor` × `factor` pixels, in 0 … 1. */
interface Reduced {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly factor: number;
  readonly data: Float32Array;
}

/** `cubic` for pictures that are looked at or trained on; `linear` costs a fifth and serves the detectors. */
export type Kernel = 'cubic' | 'linear';

/** Half width of a kernel in its own unit, and how much of a reduction is left to it after averaging blocks. */
const kernels = {
  cubic: { radius: 2, reserve: 0.5, weight: keysCubic },
  linear: { radius: 1, reserve: 1, weight: (distance: number) => Math.max(0, 1 - Math.abs(distance)) },
} as const;

/**
 * picture(p) = Σ_q k(|q − A⁻¹p| / r) photo(q) / Σ_q k, with Keys' cubic k (a = −0.5) and r = max(1, 1 / scale of A).
 *
 * `photoToPicture` is A in the convention of `affine.ts`. The result is [size, size, 3], RGB in 0 … 1; what lies outside
 * the photo is black, as in Deep3D (`preprocess_img.py`, which resizes with the same kernel by way of PIL and then cuts
 * out whole pixels). We differ in that the crop is not rounded to whole pixels, and in that strong reductions average
 * blocks first so that the kernel stays small (PIL's `reducing_gap`).
 */
export function warpAffine(photo: Photo, photoToPicture: Affine, size: number, kernel: Kernel = 'cubic'): Float32Array {
  const inverse = invertAffine(photoToPicture);
  const factor = Math.max(1, Math.floor(kernels[kernel].reserve / scaleOf(photoToPicture)));
  const source = reduceRegion(photo, regionUnder(inverse, size, photo, factor), factor);
  const picture = new Float32Array(size * size * 3);
  if (source.width === 0 || source.height === 0) return picture;
  const stretch = Math.max(1, 1 / (scaleOf(photoToPicture) * factor));
  const columns = new Taps(kernel, stretch);
  const rows = new Taps(kernel, stretch);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = applyAffine(inverse, [column + 0.5, row + 0.5]);
      if (x < 0 || y < 0 || x > photo.width || y > photo.height) continue;
      columns.place(x / factor - source.left, source.width);
      rows.place(y / factor - source.top, source.height);
      accumulate(source, columns, rows, picture, (row * size + column) * 3);
    }
  }
  return picture;
}

/** Bounds, in units of blocks, of what the picture reads; clipped to the photo. */
function regionUnder(inverse: Affine, size: number, photo: Photo, factor: number) {
  const corners = [applyAffine(inverse, [0, 0]), applyAffine(inverse, [size, 0]), applyAffine(inverse, [0, size]), applyAffine(inverse, [size, size])];
  const margin = 2 * scaleOf(inverse) + 2;
  const bound = (values: number[], extent: number): [number, number] => [
    Math.max(0, Math.floor((Math.min(...values) - margin) / factor)),
    Math.min(Math.ceil(extent / factor), Math.ceil((Math.max(...values) + margin) / factor)),
  ];
  const [left, right] = bound(corners.map(([x]) => x), photo.width);
  const [top, bottom] = bound(corners.map(([, y]) => y), photo.height);
  return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

function reduceRegion(photo: Photo, region: { left: number; top: number; width: number; height: number }, factor: number): Reduced {
  const data = new Float32Array(region.width * region.height * 3);
  for (let row = 0; row < region.height; row++) {
    const yStart = (region.top + row) * factor;
    const yEnd = Math.min(photo.height, yStart + factor);
    for (let column = 0; column < region.width; column++) {
      const xStart = (region.left + column) * factor;
      const xEnd = Math.min(photo.width, xStart + factor);
      const weight = 1 / (255 * (xEnd - xStart) * (yEnd - yStart));
      let [red, green, blue] = [0, 0, 0];
      for (let y = yStart; y < yEnd; y++) {
        for (let at = (y * photo.width + xStart) * 3, end = at + (xEnd - xStart) * 3; at < end; at += 3) {
          red += photo.data[at];
          green += photo.data[at + 1];
          blue += photo.data[at + 2];
        }
      }
      const to = (row * region.width + column) * 3;
      data[to] = red * weight;
      data[to + 1] = green * weight;
      data[to + 2] = blue * weight;
    }
  }
  return { ...region, factor, data };
}

/** Weights of the pixels of one axis around a position. */
class Taps {
  first = 0;
  count = 0;
  readonly weights: Float64Array;

  constructor(private readonly kernel: Kernel, private readonly stretch: number) {
    this.weights = new Float64Array(2 * Math.ceil(kernels[kernel].radius * stretch) + 2);
  }

  place(position: number, extent: number): void {
    const { radius: unit, weight } = kernels[this.kernel];
    const radius = unit * this.stretch;
    this.first = Math.max(0, Math.ceil(position - radius - 0.5));
    this.count = Math.max(0, Math.min(extent - 1, Math.floor(position + radius - 0.5)) - this.first + 1);
    let sum = 0;
    for (let tap = 0; tap < this.count; tap++) {
      sum += this.weights[tap] = weight((this.first + tap + 0.5 - position) / this.stretch);
    }
    for (let tap = 0; tap < this.count; tap++) this.weights[tap] /= sum;
  }
}

function accumulate(source: Reduced, columns: Taps, rows: Taps, picture: Float32Array, to: number): void {
  let [red, green, blue] = [0, 0, 0];
  for (let j = 0; j < rows.count; j++) {
    let at = ((rows.first + j) * source.width + columns.first) * 3;
    for (let i = 0; i < columns.count; i++, at += 3) {
      const weight = rows.weights[j] * columns.weights[i];
      red += weight * source.data[at];
      green += weight * source.data[at + 1];
      blue += weight * source.data[at + 2];
    }
  }
  picture[to] = clampUnit(red);
  picture[to + 1] = clampUnit(green);
  picture[to + 2] = clampUnit(blue);
}

function keysCubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

function clampUnit(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
