/** A made-up face: a curved sheet with a nose, painted with more detail than its vertices could hold. */
import { interpolateHost, renderWith, type Raster } from '../../rasterizer/index.js';
import type { TexturableMesh } from '../plugin.js';

const side = 49;
export const vertexCount = side * side;
/** Sheet coordinates of each vertex, −1 … 1 to the right and upwards. */
const places = Float32Array.from({ length: vertexCount * 2 }, (_, at) => {
  const vertex = at >> 1;
  return -1 + (2 * (at % 2 === 0 ? vertex % side : Math.floor(vertex / side))) / (side - 1);
});

function pointAt(s: number, t: number): number[] {
  const nose = 0.28 * Math.exp(-((s / 0.16) ** 2) - ((t + 0.1) / 0.25) ** 2);
  return [0.78 * s, 0.95 * t, 0.95 * Math.cos(1.25 * s) * Math.cos(0.9 * t) - 0.45 + nose];
}

const cells = Array.from({ length: (side - 1) ** 2 }, (_, cell) => (cell % (side - 1)) + Math.floor(cell / (side - 1)) * side);

export const face: TexturableMesh = {
  vertexCount,
  triangles: Int32Array.from(cells.flatMap((at) => [at, at + 1, at + side + 1, at, at + side + 1, at + side])),
  meanShape: Float32Array.from(Array.from({ length: vertexCount }, (_, vertex) => pointAt(places[vertex * 2]!, places[vertex * 2 + 1]!)).flat()),
  mirror: Int32Array.from({ length: vertexCount }, (_, vertex) => vertex - (vertex % side) + (side - 1 - (vertex % side))),
  landmarks: Int32Array.from({ length: 68 }, (_, index) => (8 + (index % 32)) + side * (10 + Math.floor(index / 3))),
  skinMask: new Uint8Array(vertexCount).fill(1),
};

export const base = [0.62, 0.45, 0.36] as const;
export const light = Float32Array.from({ length: 27 }, (_, at) => [0.25, -0.05, 0.1, 0.12, 0, 0, 0.02, 0, 0][at % 9]!);

/** What is really painted at a place of the sheet: spots and stripes, alike on both sides as faces nearly are, and a mark on one of them. */
export function truthAt(s: number, t: number, channel: number): number {
  const mark = Math.exp(-(((s - 0.4) / 0.12) ** 2) - ((t - 0.3) / 0.12) ** 2);
  return base[channel]! * (1 + 0.12 * Math.cos(19 * s) * Math.cos(17 * t) + 0.08 * Math.sin(31 * t) - 0.2 * mark);
}

/** V points turned about the vertical axis, radians. */
export function posed(yaw: number): Float32Array {
  const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
  const turned = face.meanShape.slice();
  for (let at = 0; at < turned.length; at += 3) {
    const [x, z] = [face.meanShape[at]!, face.meanShape[at + 2]!];
    turned[at] = cos * x + sin * z;
    turned[at + 2] = cos * z - sin * x;
  }
  return turned;
}

/** The truth as a camera sees it. */
export function photograph(yaw: number, size: number): { readonly image: Float32Array; readonly coverage: Float32Array } {
  return renderWith(posed(yaw), face.triangles, (raster) => {
    const at = sheetPlaces(raster);
    return Float64Array.from({ length: size * size * 3 }, (_, index) => truthAt(at[2 * Math.floor(index / 3)]!, at[2 * Math.floor(index / 3) + 1]!, index % 3));
  }, light, size);
}

/** Sheet coordinates at each pixel of a raster. */
export function sheetPlaces(raster: Pick<Raster, 'ids' | 'barycentrics'>): Float64Array {
  return interpolateHost(places, 2, face.triangles, raster);
}
