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

/** `cubic` for pictures that are looked at or trained on; `linear` costs a tenth and serves the networks that find faces. */
export type Kernel = 'cubic' | 'linear';

/**
 * picture(p) = Σ_q k(|q − A⁻¹p| / r) photo(q) / Σ_q k, with Keys' cubic k (a = −0.5) and r = max(1, 1 / scale of A).
 *
 * `photoToPicture` is A in the convention of `affine.ts`. The result is [size, size, 3], RGB in 0 … 1; what lies outside
 * the photo is black, as in Deep3D (`preprocess_img.py`, which resizes with the same kernel by way of PIL and then cuts
 * out whole pixels). We differ in that the crop is not rounded to whole pixels, and in that strong reductions average
 * blocks first so that the kernel stays small (PIL's `reducing_gap`). With `linear` blocks do the whole reduction, to the nearest
 * whole factor, and the four pixels around p are interpolated.
 */
export function warpAffine(photo: Photo, photoToPicture: Affine, size: number, kernel: Kernel = 'cubic'): Float32Array {
  const inverse = invertAffine(photoToPicture);
  const reduction = 1 / scaleOf(photoToPicture);
  const factor = Math.max(1, kernel === 'cubic' ? Math.floor(reduction / 2) : Math.round(reduction));
  const source = reduceRegion(photo, regionUnder(inverse, size, photo, factor), factor);
  const picture = new Float32Array(size * size * 3);
  if (source.width === 0 || source.height === 0) return picture;
  const sample = kernel === 'cubic' ? cubicSampler(source, Math.max(1, reduction / factor)) : linearSampler(source);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = inverse[0] * (column + 0.5) + inverse[1] * (row + 0.5) + inverse[2];
      const y = inverse[3] * (column + 0.5) + inverse[4] * (row + 0.5) + inverse[5];
      if (x < 0 || y < 0 || x > photo.width || y > photo.height) continue;
      sample(x / factor - source.left, y / factor - source.top, picture, (row * size + column) * 3);
    }
  }
  return picture;
}

/** Writes the colour at (x, y), in blocks of the source, to three numbers of the picture. */
type Sampler = (x: number, y: number, picture: Float32Array, to: number) => void;

function cubicSampler(source: Reduced, stretch: number): Sampler {
  const columns = new Taps(stretch);
  const rows = new Taps(stretch);
  return (x, y, picture, to) => {
    columns.place(x, source.width);
    rows.place(y, source.height);
    accumulate(source, columns, rows, picture, to);
  };
}

function linearSampler({ data, width, height }: Reduced): Sampler {
  return (x, y, picture, to) => {
    const left = Math.min(width - 1, Math.max(0, Math.floor(x - 0.5)));
    const top = Math.min(height - 1, Math.max(0, Math.floor(y - 0.5)));
    const right = Math.min(1, Math.max(0, x - 0.5 - left));
    const down = Math.min(1, Math.max(0, y - 0.5 - top));
    const at = (top * width + left) * 3;
    const nextColumn = left < width - 1 ? 3 : 0;
    const nextRow = top < height - 1 ? 3 * width : 0;
    for (let channel = 0; channel < 3; channel++) {
      const from = at + channel;
      const upper = data[from] + right * (data[from + nextColumn] - data[from]);
      const lower = data[from + nextRow] + right * (data[from + nextRow + nextColumn] - data[from + nextRow]);
      picture[to + channel] = upper + down * (lower - upper);
    }
  };
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

/** Weights of the pixels of one axis around a position: Keys' cubic, stretched. */
class Taps {
  first = 0;
  count = 0;
  readonly weights: Float64Array;

  constructor(private readonly stretch: number) {
    this.weights = new Float64Array(2 * Math.ceil(2 * stretch) + 2);
  }

  place(position: number, extent: number): void {
    const radius = 2 * this.stretch;
    this.first = Math.max(0, Math.ceil(position - radius - 0.5));
    this.count = Math.max(0, Math.min(extent - 1, Math.floor(position + radius - 0.5)) - this.first + 1);
    let sum = 0;
    for (let tap = 0; tap < this.count; tap++) {
      sum += this.weights[tap] = keysCubic((this.first + tap + 0.5 - position) / this.stretch);
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
