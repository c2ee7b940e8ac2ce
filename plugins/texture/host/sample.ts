/** Pictures as flat arrays, read between their pixels. */
import { halved } from '../../preprocess/index.js';

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** [height * width * channels], top row first. */
  readonly data: Float32Array;
}

/**
 * The four pixels around a place, interpolated; beyond the border the border's.
 *
 * @param x column and
 * @param y row, continuous: the centre of pixel (i, j) is at (i + 0.5, j + 0.5)
 * @param into filled with the channels from `to` on
 */
export function sampleInto({ width, height, channels, data }: Picture, x: number, y: number, into: Float32Array, to: number): void {
  const u = Math.min(Math.max(x - 0.5, 0), width - 1);
  const v = Math.min(Math.max(y - 0.5, 0), height - 1);
  const column = Math.min(u | 0, Math.max(width - 2, 0));
  const row = Math.min(v | 0, Math.max(height - 2, 0));
  const across = u - column;
  const down = v - row;
  const at = (row * width + column) * channels;
  const beside = width > 1 ? channels : 0;
  const below = height > 1 ? width * channels : 0;
  for (let channel = 0; channel < channels; channel++) {
    const i = at + channel;
    const upper = data[i]! + across * (data[i + beside]! - data[i]!);
    const lower = data[i + below]! + across * (data[i + below + beside]! - data[i + below]!);
    into[to + channel] = upper + down * (lower - upper);
  }
}

const one = new Float32Array(1);

/** `sampleInto` of a picture with one channel. */
export function sampleOne(picture: Picture, x: number, y: number): number {
  sampleInto(picture, x, y, one, 0);
  return one[0]!;
}

/** The picture halved, by the mean of four pixels, until it is at most `side` wide or cannot be halved. */
export function shrunk(picture: Picture, side: number): Picture {
  const { width, height, channels, data } = picture;
  if (width <= side || width % 2 !== 0 || height % 2 !== 0) return picture;
  return shrunk({ width: width / 2, height: height / 2, channels, data: halved(data, width, channels) }, side);
}
