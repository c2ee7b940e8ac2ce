/** The photo on the texture: its colours without light, and how far each may be trusted. */
import { deep3dCamera, projectVertices, shadeHost, vertexNormalsHost } from '../../rasterizer/index.js';
import type { Atlas } from './atlas.js';
import { depthTest } from './depth-test.js';
import { insideDistance } from './inside-distance.js';
import { sampleInto, sampleOne, type Picture } from './sample.js';

export interface SeenFace {
  /** [V*3] posed, dm */
  readonly vertices: Float32Array;
  readonly triangles: Int32Array;
  /** [27] γ */
  readonly light: Float32Array;
  /** The aligned crop, at any resolution. */
  readonly picture: Picture;
  /** [S*S] visible skin in the crop. */
  readonly mask: ArrayLike<number>;
  readonly maskSize: number;
}

export interface Layer {
  /** [T*T*3] albedo; undefined where the weight is 0. */
  readonly albedo: Float32Array;
  /** [T*T] in [0, 1] */
  readonly weights: Float32Array;
}

/** Cosines between the normal and the way to the camera, from no trust to full. */
const grazing = [0.25, 0.6] as const;
/** Depth inside the mask, as shares of the crop's side, from no trust to full. */
const edge = [0.018, 0.04] as const;
/** Shade over the mean shade of the face, from no trust to full: where it is dark, noise and errors of the light are magnified. */
const lit = [0.25, 0.6] as const;
const leastShade = 0.2;
const depthSize = 448;
/** Numbers a vertex: column and row in [0, 1], z_c, cosine, shade. */
const stride = 7;

/** Albedo = colour / shade at every texel that the photo shows. */
export function photoLayer(face: SeenFace, atlas: Atlas): Layer {
  const { picture, maskSize } = face;
  const inside: Picture = { width: maskSize, height: maskSize, channels: 1, data: insideDistance(face.mask, maskSize) };
  const seen = depthTest(face.vertices, face.triangles, depthSize);
  const { attributes, meanShade } = vertexAttributes(face);
  const texels = atlas.triangleOf.length;
  const [albedo, weights] = [new Float32Array(texels * 3), new Float32Array(texels)];
  const here = new Float64Array(stride);
  for (let texel = 0; texel < texels; texel++) {
    const triangle = atlas.triangleOf[texel]!;
    if (triangle < 0) continue;
    mix(attributes, face.triangles, triangle, atlas.weights, texel, here);
    const [column, row, depth, cosine, red, green, blue] = here as unknown as [number, number, number, number, number, number, number];
    if (cosine <= grazing[0] || column < 0 || row < 0 || column > 1 || row > 1) continue;
    const within = smoothStep(edge, sampleOne(inside, column * maskSize, row * maskSize) / maskSize);
    if (within === 0 || !seen(column, row, depth)) continue;
    const weight = within * smoothStep(grazing, cosine) * smoothStep(lit, Math.min(red, green, blue) / meanShade);
    if (weight === 0) continue;
    weights[texel] = weight;
    sampleInto(picture, column * picture.width, row * picture.height, albedo, texel * 3);
    for (let channel = 0; channel < 3; channel++) albedo[texel * 3 + channel]! /= Math.max(here[4 + channel]!, leastShade);
  }
  return { albedo, weights };
}

function vertexAttributes({ vertices, triangles, light }: SeenFace): { readonly attributes: Float64Array; readonly meanShade: number } {
  const normals = vertexNormalsHost(vertices, triangles);
  const shade = shadeHost(normals, light);
  const projected = projectVertices(vertices, 1);
  const attributes = new Float64Array((vertices.length / 3) * stride);
  let [sum, facing] = [0, 0];
  for (let vertex = 0, to = 0; vertex < vertices.length / 3; vertex++, to += stride) {
    const [x, y, z] = [0, 1, 2].map((axis) => vertices[vertex * 3 + axis]!) as [number, number, number];
    const [nx, ny, nz] = [0, 1, 2].map((axis) => normals[vertex * 3 + axis]!) as [number, number, number];
    const back = deep3dCamera.distance - z;
    const cosine = (back * nz - x * nx - y * ny) / Math.hypot(x, y, back);
    attributes.set(projected.subarray(vertex * 3, vertex * 3 + 3), to);
    attributes[to + 3] = cosine;
    attributes.set(shade.subarray(vertex * 3, vertex * 3 + 3), to + 4);
    if (cosine <= 0) continue;
    sum += cosine * (shade[vertex * 3]! + shade[vertex * 3 + 1]! + shade[vertex * 3 + 2]!);
    facing += 3 * cosine;
  }
  return { attributes, meanShade: Math.max(sum / Math.max(facing, 1e-9), leastShade) };
}

function mix(attributes: Float64Array, triangles: Int32Array, triangle: number, weights: Float32Array, texel: number, into: Float64Array): void {
  const [w0, w1, w2] = [weights[texel * 3]!, weights[texel * 3 + 1]!, weights[texel * 3 + 2]!];
  const [i0, i1, i2] = [triangles[triangle * 3]! * stride, triangles[triangle * 3 + 1]! * stride, triangles[triangle * 3 + 2]! * stride];
  for (let k = 0; k < stride; k++) into[k] = w0 * attributes[i0 + k]! + w1 * attributes[i1 + k]! + w2 * attributes[i2 + k]!;
}

export function smoothStep([low, high]: readonly [number, number], value: number): number {
  const share = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return share * share * (3 - 2 * share);
}
