/** Resampling of a photo through a similarity, in one step and without aliasing. */
import { invertAffine, scaleOf, type Affine } from './affine.js';
import { bandSize, lineSize, pixelBytes, reducedSize, reduceRegion, regionUnder, type Photo, type Region } from './reduce-region.js';
import { behind, layOut, resampler } from './resampler.js';
import { Taps } from './taps.js';

export type { Photo } from './reduce-region.js';

/** `cubic` for pictures that are looked at or trained on; `linear` serves the networks that find faces. */
export type Kernel = 'cubic' | 'linear';

/** What is resampled: pixels in continuous pixels of the photo, [height, width] of them reduced at `pixels`, and `places` for what is worked out. */
interface Task {
  readonly photo: Photo;
  /** From the picture to the photo. */
  readonly inverse: Affine;
  readonly size: number;
  readonly source: Region;
  readonly pixels: number;
  /** Room for a row of pixels, as wide as the source. */
  readonly line: number;
  /** Room for `size` + 1 entries of `entryBytes`. */
  readonly table: number;
  readonly entryBytes: number;
  readonly taps: Taps;
  /** Where the picture [size, size, 3] is made. */
  readonly picture: number;
}

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
  return pictureOf(photo, photoToPicture, size, kernel).slice();
}

/** The same, linear, in a place that the next picture takes: for those who look once. */
export function glimpse(photo: Photo, photoToPicture: Affine, size: number): Float32Array {
  return pictureOf(photo, photoToPicture, size, 'linear');
}

/** The last glimpse, `size` pixels wide, with left and right exchanged; it too holds until the next one. */
export function mirroredGlimpse(picture: Float32Array, size: number): Float32Array {
  const { memory, mirror } = resampler();
  const place = behind(picture.byteOffset, picture.byteLength);
  mirror(picture.byteOffset, size, size, place);
  return new Float32Array(memory.buffer, place, picture.length);
}

function pictureOf(photo: Photo, photoToPicture: Affine, size: number, kernel: Kernel): Float32Array {
  const inverse = invertAffine(photoToPicture);
  const reduction = 1 / scaleOf(photoToPicture);
  const factor = Math.max(1, kernel === 'cubic' ? Math.floor(reduction / 2) : Math.round(reduction));
  const source = regionUnder(inverse, size, photo, factor);
  const taps = new Taps(Math.max(1, reduction / factor));
  const entryBytes = 8 + 4 * taps.weights.length;
  const [band, pixels, line, table, picture] = layOut([
    bandSize(photo, source), reducedSize(source), lineSize(source), (size + 1) * entryBytes, 12 * size * size,
    12 * size * size, // of `mirroredGlimpse`
  ]);
  const result = new Float32Array(resampler().memory.buffer, picture, 3 * size * size).fill(0);
  if (source.width === 0 || source.height === 0) return result;
  reduceRegion(photo, source, band, pixels);
  const task: Task = { photo, inverse, size, source, pixels, line, table, entryBytes, taps, picture };
  if (kernel === 'linear') resampleLinear(task);
  else if (inverse[1] === 0 && inverse[3] === 0) resampleLevel(task);
  else resampleTurned(task, result);
  return result;
}

/** The four pixels around each place, interpolated. */
function resampleLinear({ photo, inverse: [a, b, c, d, e, f], size, source, pixels, picture }: Task): void {
  const { interpolate } = resampler();
  const { left, top, width, height, factor } = source;
  for (let row = 0; row < size; row++) {
    const x = a * 0.5 + b * (row + 0.5) + c;
    const y = d * 0.5 + e * (row + 0.5) + f;
    const [fromX, toX] = stepsInside(x, a, photo.width, size);
    const [fromY, toY] = stepsInside(y, d, photo.height, size);
    const first = Math.max(fromX, fromY);
    interpolate(
      pixels, width * pixelBytes, width - 1, height - 1, x / factor - left - 0.5, y / factor - top - 0.5, a / factor, d / factor,
      first, Math.min(toX, toY), picture + 12 * (row * size + first),
    );
  }
}

/** The steps [from, to) of `count` after which start + step · i lies within 0 … extent. */
function stepsInside(start: number, step: number, extent: number, count: number): [number, number] {
  if (step === 0) return start >= 0 && start <= extent ? [0, count] : [0, 0];
  const [enters, leaves] = step > 0 ? [-start / step, (extent - start) / step] : [(extent - start) / step, -start / step];
  return [within(Math.ceil(enters), count), within(Math.floor(leaves) + 1, count)];
}

function within(steps: number, count: number): number {
  return Math.max(0, Math.min(count, steps));
}

/** Where the map does not turn: the rows around each row of the picture give a line, the columns of which give the picture's. */
function resampleLevel({ photo, inverse, size, source, pixels, line, table, entryBytes, taps, picture }: Task): void {
  const { memory, weighRows, weighColumns } = resampler();
  const heap = new DataView(memory.buffer);
  const enter = (entry: number): void => {
    heap.setInt32(entry, taps.first * pixelBytes, true);
    heap.setInt32(entry + 4, 4 * taps.count, true);
    for (let tap = 0; tap < taps.count; tap++) heap.setFloat32(entry + 8 + 4 * tap, taps.weights[tap], true);
  };
  const [firstColumn, endColumn] = stepsInside(inverse[0] * 0.5 + inverse[2], inverse[0], photo.width, size);
  for (let column = firstColumn; column < endColumn; column++) {
    taps.place((inverse[0] * (column + 0.5) + inverse[2]) / source.factor - source.left, source.width);
    enter(table + column * entryBytes);
  }
  const [firstRow, endRow] = stepsInside(inverse[4] * 0.5 + inverse[5], inverse[4], photo.height, size);
  const entry = table + size * entryBytes;
  const stride = source.width * pixelBytes;
  for (let row = firstRow; row < endRow; row++) {
    taps.place((inverse[4] * (row + 0.5) + inverse[5]) / source.factor - source.top, source.height);
    enter(entry);
    weighRows(pixels + taps.first * stride, stride, entry + 8, taps.count, source.width, line);
    weighColumns(line, table + firstColumn * entryBytes, entryBytes, endColumn - firstColumn, picture + 12 * (row * size + firstColumn));
  }
}

/** The full window around each place. */
function resampleTurned({ photo, inverse, size, source, pixels, taps: columns }: Task, picture: Float32Array): void {
  const { left, top, width, height, factor } = source;
  const data = new Float32Array(resampler().memory.buffer, pixels, 4 * width * height);
  const rows = columns.copy();
  for (let row = 0, to = 0; row < size; row++) {
    for (let column = 0; column < size; column++, to += 3) {
      const x = inverse[0] * (column + 0.5) + inverse[1] * (row + 0.5) + inverse[2];
      const y = inverse[3] * (column + 0.5) + inverse[4] * (row + 0.5) + inverse[5];
      if (x < 0 || y < 0 || x > photo.width || y > photo.height) continue;
      columns.place(x / factor - left, width);
      rows.place(y / factor - top, height);
      accumulate(data, width, columns, rows, picture, to);
    }
  }
}

function accumulate(data: Float32Array, width: number, columns: Taps, rows: Taps, picture: Float32Array, to: number): void {
  let [red, green, blue] = [0, 0, 0];
  for (let j = 0; j < rows.count; j++) {
    let at = ((rows.first + j) * width + columns.first) * 4;
    for (let i = 0; i < columns.count; i++, at += 4) {
      const weight = rows.weights[j] * columns.weights[i];
      red += weight * data[at];
      green += weight * data[at + 1];
      blue += weight * data[at + 2];
    }
  }
  picture[to] = clampUnit(red);
  picture[to + 1] = clampUnit(green);
  picture[to + 2] = clampUnit(blue);
}

function clampUnit(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
