/** Loops over pixels in a small WebAssembly module with vector instructions: plain ones took four to eight times as long. */
import { resampleBinary } from './resample-binary.js';

type Pointer = number;

/** The loops of resample.wat. */
interface Loops {
  readonly memory: WebAssembly.Memory;
  readonly widen: (from: Pointer, count: number, to: Pointer) => void;
  readonly reduce: (from: Pointer, stride: number, factor: number, high: number, count: number, share: number, to: Pointer) => void;
  readonly interpolate: (
    from: Pointer, stride: number, lastColumn: number, lastRow: number, x: number, y: number, dx: number, dy: number, first: number, count: number, to: Pointer,
  ) => void;
  readonly weighRows: (from: Pointer, stride: number, weights: Pointer, taps: number, count: number, to: Pointer) => void;
  readonly weighColumns: (from: Pointer, table: Pointer, pitch: number, count: number, to: Pointer) => void;
  readonly mirror: (from: Pointer, width: number, rows: number, to: Pointer) => void;
}

let loaded: Loops | undefined;

/** Instantiated at the first call. */
export function resampler(): Loops {
  loaded ??= new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(resampleBinary, 'base64'))).exports as unknown as Loops;
  return loaded;
}

const pageSize = 65536;

/** Where areas of these many bytes lie, one behind the other; the memory grows when they do not fit. Views of it must be made afterwards. */
export function layOut(sizes: readonly number[]): Pointer[] {
  const { memory } = resampler();
  let end = 0;
  const places = sizes.map((size) => {
    const place = end;
    end = behind(place, size);
    return place;
  });
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageSize));
  return places;
}

/** Where the area behind one of these many bytes lies. */
export function behind(place: Pointer, size: number): Pointer {
  return place + Math.ceil((size + 16) / 16) * 16;
}
