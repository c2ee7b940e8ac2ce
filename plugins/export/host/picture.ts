/** RGB pictures of bytes, and what the sheets do with them. */
import { type HostTensor } from '../../../framework/index.js';
import { toByte } from './colour.js';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Rows from the top, three bytes a pixel. */
  readonly data: Uint8Array;
}

/** A picture of one grey, 0 to 255. */
export function blankPicture(width: number, height: number, shade = 255): Picture {
  return { width, height, data: new Uint8Array(width * height * 3).fill(shade) };
}

/**
 * A picture of an image tensor: float32 in [0, 1] (clamped) or uint8, of shape [H, W, 3] or, grey, [H, W, 1].
 *
 * @throws RangeError for another shape
 */
export function pictureOf(tensor: HostTensor): Picture {
  const [height, width, channels] = tensor.shape as [number, number, number];
  if (tensor.shape.length !== 3 || (channels !== 3 && channels !== 1)) {
    throw new RangeError(`an image has the shape [H, W, 3] or [H, W, 1], got [${tensor.shape.join(', ')}]`);
  }
  const bytes = tensor.dtype === 'uint8' ? Uint8Array.from(tensor.data) : Uint8Array.from(tensor.data, toByte);
  const data = channels === 3 ? bytes : Uint8Array.from({ length: width * height * 3 }, (_, index) => bytes[Math.floor(index / 3)]!);
  return { width, height, data };
}

/** Every pixel as a square of `factor` × `factor` pixels. */
export function enlarged(picture: Picture, factor: number): Picture {
  if (factor === 1) return picture;
  const result = blankPicture(picture.width * factor, picture.height * factor);
  for (let row = 0; row < result.height; row++) {
    for (let column = 0; column < result.width; column++) {
      const from = (Math.floor(row / factor) * picture.width + Math.floor(column / factor)) * 3;
      result.data.set(picture.data.subarray(from, from + 3), (row * result.width + column) * 3);
    }
  }
  return result;
}

/** Copies `picture` into `canvas` with its top left corner at (left, top); what lies outside is cut off. */
export function paste(canvas: Picture, picture: Picture, left: number, top: number): void {
  const width = Math.min(picture.width, canvas.width - left);
  for (let row = 0; row < picture.height && top + row < canvas.height; row++) {
    const from = row * picture.width * 3;
    canvas.data.set(picture.data.subarray(from, from + width * 3), ((top + row) * canvas.width + left) * 3);
  }
}
