/** Vertex attributes at pixels: b₀ a₀ + b₁ a₁ + b₂ a₂ of each pixel's triangle. */
import type { Numbers } from './camera.js';

/** One image of a batch; `barycentrics` and `ids` of all its pixels. */
export interface InterpolateJob {
  readonly attributes: Numbers;
  /** Where the first used channel of the image's first vertex stands. */
  readonly attributeOffset: number;
  /** Numbers a vertex has … */
  readonly stride: number;
  /** … and how many of them, side by side, are used. */
  readonly channels: number;
  readonly triangles: Int32Array;
  readonly ids: Int32Array;
  readonly barycentrics: Numbers;
  readonly pixelOffset: number;
  readonly pixels: number;
}

/** Fills `channels` numbers a pixel; background pixels are left as they are. */
export function interpolateInto(job: InterpolateJob, result: Numbers, resultOffset: number): void {
  const { attributes, attributeOffset, stride, channels, triangles, ids, barycentrics, pixelOffset, pixels } = job;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const triangle = ids[pixelOffset + pixel]!;
    if (triangle < 0) continue;
    const at = (pixelOffset + pixel) * 3;
    const b0 = barycentrics[at]!;
    const b1 = barycentrics[at + 1]!;
    const b2 = barycentrics[at + 2]!;
    const i0 = attributeOffset + triangles[triangle * 3]! * stride;
    const i1 = attributeOffset + triangles[triangle * 3 + 1]! * stride;
    const i2 = attributeOffset + triangles[triangle * 3 + 2]! * stride;
    const to = resultOffset + pixel * channels;
    for (let channel = 0; channel < channels; channel++) {
      result[to + channel] = b0 * attributes[i0 + channel]! + b1 * attributes[i1 + channel]! + b2 * attributes[i2 + channel]!;
    }
  }
}

/**
 * The two derivatives, given g = ∂F/∂result: ∂F/∂a_i += b_i g, summed over the pixels that see vertex i, and ∂F/∂b_i = g · a_i.
 *
 * @param toAttributes as large as one image's attributes, added to
 * @param toBarycentrics three numbers a pixel; background pixels are left as they are
 */
export function interpolateBackwardInto(
  job: InterpolateJob, gradients: Numbers, gradientOffset: number, toAttributes: Numbers, toBarycentrics: Numbers,
): void {
  const { attributes, attributeOffset, stride, channels, triangles, ids, barycentrics, pixelOffset, pixels } = job;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const triangle = ids[pixelOffset + pixel]!;
    if (triangle < 0) continue;
    const at = (pixelOffset + pixel) * 3;
    const b0 = barycentrics[at]!;
    const b1 = barycentrics[at + 1]!;
    const b2 = barycentrics[at + 2]!;
    const i0 = attributeOffset + triangles[triangle * 3]! * stride;
    const i1 = attributeOffset + triangles[triangle * 3 + 1]! * stride;
    const i2 = attributeOffset + triangles[triangle * 3 + 2]! * stride;
    const from = gradientOffset + pixel * channels;
    let g0 = 0;
    let g1 = 0;
    let g2 = 0;
    for (let channel = 0; channel < channels; channel++) {
      const g = gradients[from + channel]!;
      g0 += g * attributes[i0 + channel]!;
      g1 += g * attributes[i1 + channel]!;
      g2 += g * attributes[i2 + channel]!;
      toAttributes[i0 + channel] = toAttributes[i0 + channel]! + b0 * g;
      toAttributes[i1 + channel] = toAttributes[i1 + channel]! + b1 * g;
      toAttributes[i2 + channel] = toAttributes[i2 + channel]! + b2 * g;
    }
    toBarycentrics[at] = g0;
    toBarycentrics[at + 1] = g1;
    toBarycentrics[at + 2] = g2;
  }
}
