/** Bakes a worn proxy (eyebrows, beard) into colours of face vertices. */
import { sampleTexture, type ProxyMesh, type Texture } from './makehuman-files.js';

/** How far from the skin, in decimetres, along the normal a proxy still covers it. */
const reach = 0.12;

/**
 * Coverage [V*4] (r, g, b, opacity) of the vertices by the proxy: a ray along each normal, from inside to outside, takes
 * the most opaque of the triangles that it crosses. Positions are those of the base mesh, in decimetres.
 */
export function wornCover(proxy: ProxyMesh, texture: Texture, positions: Float64Array, normals: Float64Array): Float32Array {
  const cover = new Float32Array((positions.length / 3) * 4);
  const box = boundsOf(proxy.positions);
  const colour = [0, 0, 0, 0];
  for (let vertex = 0; vertex < positions.length / 3; vertex++) {
    const origin = [0, 1, 2].map((axis) => positions[vertex * 3 + axis]! - reach * normals[vertex * 3 + axis]!);
    if (origin.some((value, axis) => value < box.low[axis]! - 2 * reach || value > box.high[axis]! + 2 * reach)) continue;
    const direction = [0, 1, 2].map((axis) => normals[vertex * 3 + axis]!);
    for (let triangle = 0; triangle < proxy.triangles.length; triangle += 3) {
      const hit = crossTriangle(origin, direction, proxy.positions, proxy.triangles, triangle);
      if (!hit) continue;
      const [u, v] = [0, 1].map((axis) =>
        hit.reduce((sum, weight, corner) => sum + weight * proxy.uvs[proxy.triangleUvs[triangle + corner]! * 2 + axis]!, 0),
      );
      sampleTexture(texture, u!, v!, colour);
      if (colour[3]! > cover[vertex * 4 + 3]!) cover.set(colour, vertex * 4);
    }
  }
  return cover;
}

/** Takes the mean of the opacity over the quads around each vertex, several times: hair that thins out towards its edge. */
export function softened(cover: Float32Array, quads: Int32Array, rounds: number): Float32Array {
  const result = Float32Array.from(cover);
  for (let round = 0; round < rounds; round++) {
    const sums = new Float64Array(cover.length / 2);
    for (let quad = 0; quad < quads.length; quad += 4) {
      let mean = 0;
      for (let corner = 0; corner < 4; corner++) mean += result[quads[quad + corner]! * 4 + 3]! / 4;
      for (let corner = 0; corner < 4; corner++) {
        sums[quads[quad + corner]! * 2]! += mean;
        sums[quads[quad + corner]! * 2 + 1]!++;
      }
    }
    for (let vertex = 0; vertex < sums.length / 2; vertex++) result[vertex * 4 + 3] = sums[vertex * 2]! / Math.max(sums[vertex * 2 + 1]!, 1);
  }
  return result;
}

/** Unit vertex normals of a mesh of quads: the sum of the cross products of the quads' diagonals. */
export function quadNormals(positions: Float64Array, quads: Int32Array): Float64Array {
  const normals = new Float64Array(positions.length);
  for (let quad = 0; quad < quads.length; quad += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((corner) => quads[quad + corner]! * 3) as [number, number, number, number];
    const e = [0, 1, 2].map((axis) => positions[c + axis]! - positions[a + axis]!);
    const f = [0, 1, 2].map((axis) => positions[d + axis]! - positions[b + axis]!);
    const cross = [e[1]! * f[2]! - e[2]! * f[1]!, e[2]! * f[0]! - e[0]! * f[2]!, e[0]! * f[1]! - e[1]! * f[0]!];
    for (const at of [a, b, c, d]) for (let axis = 0; axis < 3; axis++) normals[at + axis]! += cross[axis]!;
  }
  for (let at = 0; at < normals.length; at += 3) {
    const length = Math.hypot(normals[at]!, normals[at + 1]!, normals[at + 2]!) || 1;
    for (let axis = 0; axis < 3; axis++) normals[at + axis]! /= length;
  }
  return normals;
}

/** Barycentric weights where a ray crosses a triangle within twice the reach (Möller and Trumbore, 1997), or undefined. */
function crossTriangle(
  origin: readonly number[], direction: readonly number[], positions: Float64Array, triangles: Int32Array, triangle: number,
): [number, number, number] | undefined {
  const [a, b, c] = [triangles[triangle]! * 3, triangles[triangle + 1]! * 3, triangles[triangle + 2]! * 3];
  const ax = positions[a]!, ay = positions[a + 1]!, az = positions[a + 2]!;
  const ex = positions[b]! - ax, ey = positions[b + 1]! - ay, ez = positions[b + 2]! - az;
  const fx = positions[c]! - ax, fy = positions[c + 1]! - ay, fz = positions[c + 2]! - az;
  const [dx, dy, dz] = direction as [number, number, number];
  const px = dy * fz - dz * fy, py = dz * fx - dx * fz, pz = dx * fy - dy * fx;
  const determinant = ex * px + ey * py + ez * pz;
  if (Math.abs(determinant) < 1e-12) return undefined;
  const tx = origin[0]! - ax, ty = origin[1]! - ay, tz = origin[2]! - az;
  const u = (tx * px + ty * py + tz * pz) / determinant;
  if (u < 0 || u > 1) return undefined;
  const qx = ty * ez - tz * ey, qy = tz * ex - tx * ez, qz = tx * ey - ty * ex;
  const v = (dx * qx + dy * qy + dz * qz) / determinant;
  if (v < 0 || u + v > 1) return undefined;
  const distance = (fx * qx + fy * qy + fz * qz) / determinant;
  return distance >= 0 && distance <= 2 * reach ? [1 - u - v, u, v] : undefined;
}

function boundsOf(positions: Float64Array): { low: number[]; high: number[] } {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  positions.forEach((value, at) => {
    low[at % 3] = Math.min(low[at % 3]!, value);
    high[at % 3] = Math.max(high[at % 3]!, value);
  });
  return { low, high };
}
