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
 * whole factor, and the four pixels around p are interpolated. `into` takes the picture where the caller has a place for it.
 */
export function warpAffine(photo: Photo, photoToPicture: Affine, size: number, kernel: Kernel = 'cubic', into?: Float32Array): Float32Array {
  const inverse = invertAffine(photoToPicture);
  const reduction = 1 / scaleOf(photoToPicture);
  const factor = Math.max(1, kernel === 'cubic' ? Math.floor(reduction / 2) : Math.round(reduction));
  const source = reduceRegion(photo, regionUnder(inverse, size, photo, factor), factor);
  const picture = into ? into.fill(0) : new Float32Array(size * size * 3);
  if (source.width === 0 || source.height === 0) return picture;
  if (kernel === 'cubic') resampleCubic(source, photo, inverse, Math.max(1, reduction / factor), size, picture);
  else if (isLevel(inverse)) resampleLinearLevel(source, photo, inverse, size, picture);
  else resampleLinear(source, photo, inverse, size, picture);
  return picture;
}

/** The four pixels around each place, interpolated. One flat loop without calls: it runs some 250,000 times for a photo. */
function resampleLinear(source: Reduced, photo: Photo, inverse: Affine, size: number, picture: Float32Array): void {
  const { data, width, height, left, top, factor } = source;
  const [a, b, c, d, e, f] = inverse.map((value) => value / factor); // in blocks of the source
  const [right, bottom] = [photo.width / factor, photo.height / factor];
  const [lastColumn, lastRow, stride] = [width - 1, height - 1, 3 * width];
  for (let row = 0, to = 0; row < size; row++) {
    const startX = b * (row + 0.5) + c;
    const startY = e * (row + 0.5) + f;
    for (let column = 0; column < size; column++, to += 3) {
      const x = a * (column + 0.5) + startX;
      const y = d * (column + 0.5) + startY;
      if (x < 0 || y < 0 || x > right || y > bottom) continue;
      let u = x - left - 0.5;
      let v = y - top - 0.5;
      if (u < 0) u = 0;
      else if (u > lastColumn) u = lastColumn;
      if (v < 0) v = 0;
      else if (v > lastRow) v = lastRow;
      const firstColumn = u | 0;
      const firstRow = v | 0;
      const at = firstRow * stride + firstColumn * 3;
      const beside = firstColumn < lastColumn ? at + 3 : at;
      const below = firstRow < lastRow ? at + stride : at;
      const diagonal = below + beside - at;
      const across = u - firstColumn;
      const down = v - firstRow;
      const lowerRight = across * down;
      const upperRight = across - lowerRight;
      const lowerLeft = down - lowerRight;
      const upperLeft = 1 - across - lowerLeft;
      picture[to] = upperLeft * data[at] + upperRight * data[beside] + lowerLeft * data[below] + lowerRight * data[diagonal];
      picture[to + 1] = upperLeft * data[at + 1] + upperRight * data[beside + 1] + lowerLeft * data[below + 1] + lowerRight * data[diagonal + 1];
      picture[to + 2] = upperLeft * data[at + 2] + upperRight * data[beside + 2] + lowerLeft * data[below + 2] + lowerRight * data[diagonal + 2];
    }
  }
}

/** The same where the map does not turn: two rows of the source give a line, of which the columns then take two places each. */
function resampleLinearLevel(source: Reduced, photo: Photo, inverse: Affine, size: number, picture: Float32Array): void {
  const { data, width, height, left, top, factor } = source;
  const across = axisPlaces(inverse[0], inverse[2], left, width, photo.width, factor, size);
  const down = axisPlaces(inverse[4], inverse[5], top, height, photo.height, factor, size);
  const line = new Float64Array(3 * width);
  for (let row = down.from; row < down.to; row++) {
    const share = down.shares[row];
    const upper = 3 * width * down.first[row];
    const lower = share > 0 ? upper + 3 * width : upper;
    for (let at = 0; at < line.length; at++) line[at] = data[upper + at] + share * (data[lower + at] - data[upper + at]);
    for (let column = across.from, to = 3 * (row * size + across.from); column < across.to; column++, to += 3) {
      const at = 3 * across.first[column];
      const part = across.shares[column];
      const beside = part > 0 ? at + 3 : at;
      picture[to] = line[at] + part * (line[beside] - line[at]);
      picture[to + 1] = line[at + 1] + part * (line[beside + 1] - line[at + 1]);
      picture[to + 2] = line[at + 2] + part * (line[beside + 2] - line[at + 2]);
    }
  }
}

/** Along one axis: the part [from, to) of the picture that lies in the photo, and for each place the first pixel and the share of the next one. */
function axisPlaces(scale: number, shift: number, start: number, extent: number, photoExtent: number, factor: number, size: number) {
  const first = new Int32Array(size);
  const shares = new Float64Array(size);
  let [from, to] = [size, 0];
  for (let place = 0; place < size; place++) {
    const position = scale * (place + 0.5) + shift;
    if (position < 0 || position > photoExtent) continue;
    from = Math.min(from, place);
    to = place + 1;
    const at = Math.max(0, Math.min(extent - 1, position / factor - start - 0.5));
    first[place] = Math.floor(at);
    shares[place] = at - first[place];
  }
  return { first, shares, from, to };
}

function isLevel(map: Affine): boolean {
  return map[1] === 0 && map[3] === 0;
}

/** Rows first, then columns, where the map does not turn; else the full window around each place. */
function resampleCubic(source: Reduced, photo: Photo, inverse: Affine, stretch: number, size: number, picture: Float32Array): void {
  if (isLevel(inverse)) {
    resampleLevel(source, photo, inverse, stretch, size, picture);
    return;
  }
  const { left, top, width, height, factor } = source;
  const columns = new Taps(stretch);
  const rows = new Taps(stretch);
  for (let row = 0, to = 0; row < size; row++) {
    for (let column = 0; column < size; column++, to += 3) {
      const x = inverse[0] * (column + 0.5) + inverse[1] * (row + 0.5) + inverse[2];
      const y = inverse[3] * (column + 0.5) + inverse[4] * (row + 0.5) + inverse[5];
      if (x < 0 || y < 0 || x > photo.width || y > photo.height) continue;
      columns.place(x / factor - left, width);
      rows.place(y / factor - top, height);
      accumulate(source, columns, rows, picture, to);
    }
  }
}

function resampleLevel(source: Reduced, photo: Photo, inverse: Affine, stretch: number, size: number, picture: Float32Array): void {
  const { data, left, top, width, height, factor } = source;
  const narrow = new Float32Array(size * height * 3);
  const taps = new Taps(stretch);
  for (let column = 0; column < size; column++) {
    const x = inverse[0] * (column + 0.5) + inverse[2];
    if (x < 0 || x > photo.width) continue;
    taps.place(x / factor - left, width);
    for (let row = 0; row < height; row++) weigh(data, (row * width + taps.first) * 3, 3, taps, narrow, (row * size + column) * 3);
  }
  for (let row = 0; row < size; row++) {
    const y = inverse[4] * (row + 0.5) + inverse[5];
    if (y < 0 || y > photo.height) continue;
    taps.place(y / factor - top, height);
    for (let column = 0; column < size; column++) weigh(narrow, (taps.first * size + column) * 3, 3 * size, taps, picture, (row * size + column) * 3);
  }
  for (let at = 0; at < picture.length; at++) picture[at] = clampUnit(picture[at]);
}

/** Writes the weighted sum of colours that lie `stride` numbers apart. */
function weigh(data: Float32Array, from: number, stride: number, { count, weights }: Taps, into: Float32Array, to: number): void {
  let [red, green, blue] = [0, 0, 0];
  for (let tap = 0, at = from; tap < count; tap++, at += stride) {
    const weight = weights[tap];
    red += weight * data[at];
    green += weight * data[at + 1];
    blue += weight * data[at + 2];
  }
  into[to] = red;
  into[to + 1] = green;
  into[to + 2] = blue;
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

/** Kept from photo to photo: fresh memory for each look costs as much as filling it. */
let kept = new Float32Array(0);

function reducedPixels(length: number): Float32Array {
  if (kept.length < length) kept = new Float32Array(length);
  return kept.subarray(0, length);
}

function reduceRegion(photo: Photo, region: { left: number; top: number; width: number; height: number }, factor: number): Reduced {
  const data = reducedPixels(region.width * region.height * 3);
  if (factor === 1) return { ...region, factor, data: copyRegion(photo, region, data) };
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

function copyRegion(photo: Photo, { left, top, width, height }: Pick<Reduced, 'left' | 'top' | 'width' | 'height'>, data: Float32Array): Float32Array {
  for (let row = 0, to = 0; row < height; row++) {
    let from = ((top + row) * photo.width + left) * 3;
    for (const end = to + 3 * width; to < end; to++, from++) data[to] = photo.data[from] / 255;
  }
  return data;
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
