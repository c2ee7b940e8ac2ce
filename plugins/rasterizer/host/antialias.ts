/** Blends pixels at silhouettes by how far the outline lies from the middle between two centres. */
import type { Camera, Numbers } from './camera.js';
import { edgeNumbers } from './silhouettes.js';

/** One image of a batch. */
export interface AntialiasJob {
  readonly image: Numbers;
  readonly imageOffset: number;
  readonly channels: number;
  readonly vertices: Numbers;
  readonly vertexOffset: number;
  /** From `silhouettesInto`. */
  readonly edges: Int32Array;
  readonly edgeOffset: number;
  readonly size: number;
  readonly camera: Camera;
}

/** An outline between two pixels: both ends relative to the first centre, along the line of centres (a) and across it (b), px. */
interface Crossing {
  a1: number;
  b1: number;
  a2: number;
  b2: number;
  /** Where it crosses the line of centres: 0 at the first, 1 at the second. */
  t: number;
}

/**
 * For each pair of pixels p, q with an outline between them, which crosses their line of centres at t ∈ [0, 1] from p to q:
 *
 *   t < ½:  y_p += (½ − t) (x_q − x_p),    t > ½:  y_q += (t − ½) (x_p − x_q)
 *
 * so that the sum over both pixels grows with t by x_p − x_q, as the area does.
 *
 * Source: nvdiffrast (Laine et al. 2020), section 3.6.
 *
 * @param result filled with the blended image; it may not be the image itself
 */
export function antialiasInto(job: AntialiasJob, result: Numbers, resultOffset: number): void {
  const { image, imageOffset, channels, size } = job;
  for (let at = 0; at < size * size * channels; at++) result[resultOffset + at] = image[imageOffset + at]!;
  forEachCrossing(job, (p, q, { t }) => {
    const amount = 0.5 - t;
    const to = amount > 0 ? p : q;
    for (let channel = 0; channel < channels; channel++) {
      const step = image[imageOffset + q * channels + channel]! - image[imageOffset + p * channels + channel]!;
      result[resultOffset + to * channels + channel] = result[resultOffset + to * channels + channel]! + amount * step;
    }
  });
}

/**
 * Both derivatives, given g = ∂F/∂y: with o the pixel that is written, ∂F/∂t = −g_o · (x_q − x_p), and from t to the ends of the edge
 * through t = (a₁ b₂ − a₂ b₁) / (b₂ − b₁) and the projection.
 *
 * @param toImage as large as the image, added to
 * @param toVertices three numbers a vertex, added to
 */
export function antialiasBackwardInto(
  job: AntialiasJob, gradients: Numbers, gradientOffset: number, toImage: Numbers, toImageOffset: number,
  toVertices: Numbers, toVerticesOffset: number,
): void {
  const { image, imageOffset, channels, size } = job;
  for (let at = 0; at < size * size * channels; at++) toImage[toImageOffset + at] = toImage[toImageOffset + at]! + gradients[gradientOffset + at]!;
  forEachCrossing(job, (p, q, crossing, v, w, axis) => {
    const amount = 0.5 - crossing.t;
    const written = amount > 0 ? p : q;
    let toCrossing = 0;
    for (let channel = 0; channel < channels; channel++) {
      const gradient = gradients[gradientOffset + written * channels + channel]!;
      toImage[toImageOffset + q * channels + channel]! += amount * gradient;
      toImage[toImageOffset + p * channels + channel]! -= amount * gradient;
      toCrossing -= gradient * (image[imageOffset + q * channels + channel]! - image[imageOffset + p * channels + channel]!);
    }
    const { a1, b1, a2, b2 } = crossing;
    const span = b2 - b1;
    const tilt = (toCrossing * (a1 - a2)) / (span * span);
    addScreenGradient(job, v, axis, (toCrossing * b2) / span, tilt * b2, toVertices, toVerticesOffset);
    addScreenGradient(job, w, axis, (-toCrossing * b1) / span, -tilt * b1, toVertices, toVerticesOffset);
  });
}

type Visit = (p: number, q: number, crossing: Crossing, v: number, w: number, axis: 0 | 1) => void;

function forEachCrossing(job: AntialiasJob, visit: Visit): void {
  const { edges, edgeOffset, size } = job;
  const crossing: Crossing = { a1: 0, b1: 0, a2: 0, b2: 0, t: 0 };
  for (let pixel = 0; pixel < size * size; pixel++) {
    for (const axis of [0, 1] as const) {
      const at = edgeOffset + pixel * edgeNumbers + axis * 2;
      const v = edges[at]!;
      if (v < 0) continue;
      const w = edges[at + 1]!;
      cross(job, v, w, pixel, axis, crossing);
      visit(pixel, axis === 0 ? pixel + 1 : pixel + size, crossing, v, w, axis);
    }
  }
}

function cross(job: AntialiasJob, v: number, w: number, pixel: number, axis: 0 | 1, crossing: Crossing): void {
  const { size } = job;
  const column = (pixel % size) + 0.5;
  const row = Math.floor(pixel / size) + 0.5;
  const [along, across] = axis === 0 ? [column, row] : [row, column];
  crossing.a1 = screen(job, v, axis) - along;
  crossing.b1 = screen(job, v, axis === 0 ? 1 : 0) - across;
  crossing.a2 = screen(job, w, axis) - along;
  crossing.b2 = screen(job, w, axis === 0 ? 1 : 0) - across;
  const t = (crossing.a1 * crossing.b2 - crossing.a2 * crossing.b1) / (crossing.b2 - crossing.b1);
  crossing.t = Math.min(1, Math.max(0, t));
}

/** Column (axis 0) or row (axis 1) of a vertex, px. */
function screen({ vertices, vertexOffset, size, camera }: AntialiasJob, vertex: number, axis: 0 | 1): number {
  const at = vertexOffset + vertex * 3;
  const focal = (axis === 0 ? camera.focal : -camera.focal) * size;
  return size / 2 + (focal * vertices[at + axis]!) / (camera.distance - vertices[at + 2]!);
}

/** Adds the derivative by a vertex, given those by its place along `axis` and across it. */
function addScreenGradient(
  { vertices, vertexOffset, size, camera }: AntialiasJob, vertex: number, axis: 0 | 1, along: number, across: number,
  result: Numbers, resultOffset: number,
): void {
  const at = vertexOffset + vertex * 3;
  const inverse = 1 / (camera.distance - vertices[at + 2]!);
  const focal = camera.focal * size * inverse;
  const [byColumn, byRow] = axis === 0 ? [along, across] : [across, along];
  const to = resultOffset + vertex * 3;
  result[to] = result[to]! + focal * byColumn;
  result[to + 1] = result[to + 1]! - focal * byRow;
  result[to + 2] = result[to + 2]! + focal * inverse * (vertices[at]! * byColumn - vertices[at + 1]! * byRow);
}
