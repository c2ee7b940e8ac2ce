/** What a photo shows at the vertices of a fitted face. */
import { projectVertices, rasterizeHost, vertexNormalsHost } from '../../../rasterizer/index.js';
import { decodeHost } from '../decode-host.js';
import type { FaceModel } from '../face-model.js';

/** One photo on the mesh, in a byte a number, since thousands are held at once. */
export interface VertexColours {
  /** [V*3] 0..255 */
  readonly colours: Uint8Array;
  /** [V*3] unit normals in the world frame, times 127. */
  readonly normals: Int8Array;
  /** [V] how well the vertex is seen, 0..255: visible skin that faces the camera. */
  readonly seen: Uint8Array;
}

export interface Photo {
  /** [S*S*3] in 0..1 */
  readonly image: ArrayLike<number>;
  /** [S*S] 1 on visible skin */
  readonly mask: ArrayLike<number>;
  readonly size: number;
}

/** Normals flatter than this see the photo at a grazing angle, where colours smear. */
const leastFacing = 0.15;
/** A vertex this far behind what is drawn at its pixel is hidden, dm. */
const depthTolerance = 0.06;

/** `coloursAt` the fitted geometry. */
export function vertexColours(face: FaceModel, coefficients: Float32Array, photo: Photo): VertexColours {
  return coloursAt(decodeHost(face, coefficients).vertices, face.triangles, photo);
}

/** Samples the photo where each vertex, [V*3] dm, falls: bilinear, all four pixels inside the mask. */
export function coloursAt(vertices: Float32Array | Float64Array, triangles: Int32Array, photo: Photo): VertexColours {
  const { depth } = rasterizeHost(vertices, triangles, photo.size);
  const normals = vertexNormalsHost(vertices, triangles);
  const projected = projectVertices(vertices, photo.size);
  const colours = new Uint8Array(vertices.length);
  const seen = new Uint8Array(vertices.length / 3);
  const colour = new Float64Array(3);
  for (let vertex = 0; vertex < seen.length; vertex++) {
    const facing = normals[vertex * 3 + 2]!;
    if (facing < leastFacing) continue;
    const [column, row, far] = [projected[vertex * 3]! - 0.5, projected[vertex * 3 + 1]! - 0.5, projected[vertex * 3 + 2]!];
    if (!sample(photo, depth, column, row, far, colour)) continue;
    for (let channel = 0; channel < 3; channel++) colours[vertex * 3 + channel] = Math.round(255 * Math.min(Math.max(colour[channel]!, 0), 1));
    seen[vertex] = Math.round(255 * Math.min(1, (facing - leastFacing) / 0.35));
  }
  return { colours, normals: Int8Array.from(normals, (value) => Math.round(127 * value)), seen };
}

/** Colour between four pixels; false when one of them is outside the picture, the mask, or shows something nearer. */
function sample({ image, mask, size }: Photo, depth: Float64Array, column: number, row: number, far: number, colour: Float64Array): boolean {
  const [left, top] = [Math.floor(column), Math.floor(row)];
  if (left < 0 || top < 0 || left + 1 >= size || top + 1 >= size) return false;
  const [across, down] = [column - left, row - top];
  colour.fill(0);
  for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]] as const) {
    const pixel = (top + dy) * size + left + dx;
    if (mask[pixel]! <= 0.5 || (depth[pixel]! > 0 && far - depth[pixel]! > depthTolerance)) return false;
    const weight = (dx ? across : 1 - across) * (dy ? down : 1 - down);
    for (let channel = 0; channel < 3; channel++) colour[channel]! += weight * image[pixel * 3 + channel]!;
  }
  return true;
}
