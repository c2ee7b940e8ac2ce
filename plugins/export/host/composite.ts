import type { HostTensor } from '../../../framework/index.js';
import { applyAffine, invertAffine, type Affine } from './affine.js';
import { toByte } from './colour.js';
import { type Picture } from './picture.js';

/** A render with its coverage, as laid over photos: crops of `size` × `size` pixels, colours in [0, 1]. */
export interface Layer {
  readonly size: number;
  readonly colours: ArrayLike<number>;
  readonly coverage: ArrayLike<number>;
  /** 1 hides the photo where the render covers it, 0 leaves it. */
  readonly opacity: number;
}

/** A render as a layer that can be laid over pictures. `opacity` in [0, 1]. */
export function layerOf(render: HostTensor, coverage: HostTensor, opacity: number): Layer {
  return { size: render.shape[0]!, colours: render.data, coverage: coverage.data, opacity };
}

/** The crop with the render over it: (1 − α) I + α R, α = opacity · coverage. */
export function overCrop(crop: HostTensor, layer: Layer): Picture {
  const data = Uint8Array.from(crop.data, (value, index) => {
    const alpha = layer.opacity * layer.coverage[Math.floor(index / 3)]!;
    return toByte((1 - alpha) * value + alpha * layer.colours[index]!);
  });
  return { width: layer.size, height: layer.size, data };
}

/**
 * The whole photo with the render over it, taken back through the inverse of the alignment: each photo pixel that falls into the crop
 * reads render and coverage there, bilinearly, colours weighted by coverage so that the black background does not bleed in.
 *
 * @param photo bytes, any size
 * @param transform photo pixels → crop pixels (continuous coordinates, pixel centres at i + 0.5)
 * @throws RangeError when the transform has no inverse
 */
export function overPhoto(photo: Picture, layer: Layer, transform: Affine): Picture {
  const data = Uint8Array.from(photo.data);
  const { left, right, top, bottom } = reach(photo, layer.size, transform);
  const sample = new Float64Array(4);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const [x, y] = applyAffine(transform, column + 0.5, row + 0.5);
      bilinear(layer, x, y, sample);
      const alpha = layer.opacity * sample[3]!;
      if (alpha === 0) continue;
      const at = (row * photo.width + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const colour = sample[channel]! / sample[3]!;
        data[at + channel] = toByte(((1 - alpha) * data[at + channel]!) / 255 + alpha * colour);
      }
    }
  }
  return { width: photo.width, height: photo.height, data };
}

/** The photo pixels that the crop can reach. */
function reach(photo: Picture, size: number, transform: Affine): { left: number; right: number; top: number; bottom: number } {
  const inverse = invertAffine(transform);
  const corners = [[0, 0], [size, 0], [0, size], [size, size]].map(([x, y]) => applyAffine(inverse, x!, y!));
  const within = (value: number, limit: number): number => Math.min(limit, Math.max(0, value));
  return {
    left: within(Math.floor(Math.min(...corners.map(([x]) => x))) - 1, photo.width),
    right: within(Math.ceil(Math.max(...corners.map(([x]) => x))) + 1, photo.width),
    top: within(Math.floor(Math.min(...corners.map(([, y]) => y))) - 1, photo.height),
    bottom: within(Math.ceil(Math.max(...corners.map(([, y]) => y))) + 1, photo.height),
  };
}

/** Colours times coverage (three numbers) and coverage at a point of the crop; zero outside. */
function bilinear(layer: Layer, x: number, y: number, result: Float64Array): void {
  result.fill(0);
  const column = Math.floor(x - 0.5);
  const row = Math.floor(y - 0.5);
  for (let corner = 0; corner < 4; corner++) {
    const i = column + (corner & 1);
    const j = row + (corner >> 1);
    if (i < 0 || j < 0 || i >= layer.size || j >= layer.size) continue;
    const weight = (1 - Math.abs(x - 0.5 - i)) * (1 - Math.abs(y - 0.5 - j)) * layer.coverage[j * layer.size + i]!;
    for (let channel = 0; channel < 3; channel++) result[channel] = result[channel]! + weight * layer.colours[(j * layer.size + i) * 3 + channel]!;
    result[3] = result[3]! + weight;
  }
}
