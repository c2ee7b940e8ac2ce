/** Vertex normals as the plain average of the unit normals of the surrounding triangles. */
import type { Numbers } from './camera.js';

/** Squared lengths below this count as zero: degenerate triangles and unused vertices get no normal and no gradient. */
const tiny = 1e-24;
/** Nor do triangles with a corner that is not finite, so that their neighbours keep theirs. */
const huge = Number.MAX_VALUE;

/** Scratch of the current mesh, kept between calls and only ever grown. */
const scratch = {
  /** Unit face normals, three numbers a triangle, with 1/|cross| as a fourth. */
  faces: new Float64Array(0),
  /** Sums of face normals, then gradients by those sums, three numbers a vertex. */
  sums: new Float64Array(0),
};

/**
 * n_v = s_v / |s_v| with s_v = Σ over the triangles around v of (v₁ − v₂) × (v₂ − v₃) / |…|; zero where s_v vanishes.
 *
 * Source: Deep3D (`models/bfm.py`, `compute_norm`): an average of unit normals, not weighted by area.
 *
 * @param vertices V points; counter-clockwise triangles give normals that point outwards
 * @param result filled with V unit normals
 */
export function vertexNormalsInto(
  vertices: Numbers, vertexOffset: number, vertexCount: number, triangles: Int32Array, result: Numbers, resultOffset: number,
): void {
  sumFaceNormals(vertices, vertexOffset, vertexCount, triangles);
  const { sums } = scratch;
  for (let at = 0; at < vertexCount * 3; at += 3) {
    const x = sums[at]!;
    const y = sums[at + 1]!;
    const z = sums[at + 2]!;
    const squared = x * x + y * y + z * z;
    const inverse = squared > tiny ? 1 / Math.sqrt(squared) : 0;
    result[resultOffset + at] = x * inverse;
    result[resultOffset + at + 1] = y * inverse;
    result[resultOffset + at + 2] = z * inverse;
  }
}

/**
 * Adds the derivative of F by the vertices, given g = ∂F/∂n.
 * Through u = s/|s| it is (g − u (u·g)) / |s|, through c = a × b it is (b × g, g × a).
 */
export function vertexNormalsBackwardInto(
  vertices: Numbers, vertexOffset: number, vertexCount: number, triangles: Int32Array,
  gradients: Numbers, gradientOffset: number, result: Numbers, resultOffset: number,
): void {
  sumFaceNormals(vertices, vertexOffset, vertexCount, triangles);
  const { faces, sums } = scratch;
  for (let at = 0; at < vertexCount * 3; at += 3) {
    const x = sums[at]!;
    const y = sums[at + 1]!;
    const z = sums[at + 2]!;
    const squared = x * x + y * y + z * z;
    const inverse = squared > tiny ? 1 / Math.sqrt(squared) : 0;
    const gx = gradients[gradientOffset + at]!;
    const gy = gradients[gradientOffset + at + 1]!;
    const gz = gradients[gradientOffset + at + 2]!;
    const along = (x * gx + y * gy + z * gz) * inverse * inverse;
    sums[at] = (gx - x * along) * inverse;
    sums[at + 1] = (gy - y * along) * inverse;
    sums[at + 2] = (gz - z * along) * inverse;
  }
  for (let triangle = 0, at = 0; at < triangles.length; triangle++, at += 3) {
    const inverse = faces[triangle * 4 + 3]!;
    if (inverse === 0) continue;
    const i0 = triangles[at]! * 3;
    const i1 = triangles[at + 1]! * 3;
    const i2 = triangles[at + 2]! * 3;
    const nx = faces[triangle * 4]!;
    const ny = faces[triangle * 4 + 1]!;
    const nz = faces[triangle * 4 + 2]!;
    const gx = sums[i0]! + sums[i1]! + sums[i2]!;
    const gy = sums[i0 + 1]! + sums[i1 + 1]! + sums[i2 + 1]!;
    const gz = sums[i0 + 2]! + sums[i1 + 2]! + sums[i2 + 2]!;
    const along = nx * gx + ny * gy + nz * gz;
    addCrossGradient(
      vertices, vertexOffset, i0, i1, i2,
      (gx - nx * along) * inverse, (gy - ny * along) * inverse, (gz - nz * along) * inverse, result, resultOffset,
    );
  }
}

function sumFaceNormals(vertices: Numbers, offset: number, vertexCount: number, triangles: Int32Array): void {
  if (scratch.faces.length < (triangles.length / 3) * 4) scratch.faces = new Float64Array((triangles.length / 3) * 4);
  if (scratch.sums.length < vertexCount * 3) scratch.sums = new Float64Array(vertexCount * 3);
  const { faces, sums } = scratch;
  sums.fill(0, 0, vertexCount * 3);
  for (let triangle = 0, at = 0; at < triangles.length; triangle++, at += 3) {
    const i0 = triangles[at]! * 3;
    const i1 = triangles[at + 1]! * 3;
    const i2 = triangles[at + 2]! * 3;
    const x1 = vertices[offset + i1]!;
    const y1 = vertices[offset + i1 + 1]!;
    const z1 = vertices[offset + i1 + 2]!;
    const ax = vertices[offset + i0]! - x1;
    const ay = vertices[offset + i0 + 1]! - y1;
    const az = vertices[offset + i0 + 2]! - z1;
    const bx = x1 - vertices[offset + i2]!;
    const by = y1 - vertices[offset + i2 + 1]!;
    const bz = z1 - vertices[offset + i2 + 2]!;
    const cx = ay * bz - az * by;
    const cy = az * bx - ax * bz;
    const cz = ax * by - ay * bx;
    const squared = cx * cx + cy * cy + cz * cz;
    if (!(squared > tiny && squared <= huge)) {
      faces.fill(0, triangle * 4, triangle * 4 + 4);
      continue;
    }
    const inverse = 1 / Math.sqrt(squared);
    const nx = cx * inverse;
    const ny = cy * inverse;
    const nz = cz * inverse;
    faces[triangle * 4] = nx;
    faces[triangle * 4 + 1] = ny;
    faces[triangle * 4 + 2] = nz;
    faces[triangle * 4 + 3] = inverse;
    addTo(sums, i0, nx, ny, nz);
    addTo(sums, i1, nx, ny, nz);
    addTo(sums, i2, nx, ny, nz);
  }
}

function addTo(sums: Float64Array, at: number, x: number, y: number, z: number): void {
  sums[at] = sums[at]! + x;
  sums[at + 1] = sums[at + 1]! + y;
  sums[at + 2] = sums[at + 2]! + z;
}

/** With c = a × b, a = v₀ − v₁, b = v₁ − v₂ and h = ∂F/∂c: ∂a = b × h, ∂b = h × a. */
function addCrossGradient(
  vertices: Numbers, offset: number, i0: number, i1: number, i2: number, hx: number, hy: number, hz: number,
  result: Numbers, resultOffset: number,
): void {
  const ax = vertices[offset + i0]! - vertices[offset + i1]!;
  const ay = vertices[offset + i0 + 1]! - vertices[offset + i1 + 1]!;
  const az = vertices[offset + i0 + 2]! - vertices[offset + i1 + 2]!;
  const bx = vertices[offset + i1]! - vertices[offset + i2]!;
  const by = vertices[offset + i1 + 1]! - vertices[offset + i2 + 1]!;
  const bz = vertices[offset + i1 + 2]! - vertices[offset + i2 + 2]!;
  const dax = by * hz - bz * hy;
  const day = bz * hx - bx * hz;
  const daz = bx * hy - by * hx;
  const dbx = hy * az - hz * ay;
  const dby = hz * ax - hx * az;
  const dbz = hx * ay - hy * ax;
  const j0 = resultOffset + i0;
  const j1 = resultOffset + i1;
  const j2 = resultOffset + i2;
  result[j0] = result[j0]! + dax;
  result[j0 + 1] = result[j0 + 1]! + day;
  result[j0 + 2] = result[j0 + 2]! + daz;
  result[j1] = result[j1]! + dbx - dax;
  result[j1 + 1] = result[j1 + 1]! + dby - day;
  result[j1 + 2] = result[j1 + 2]! + dbz - daz;
  result[j2] = result[j2]! - dbx;
  result[j2 + 1] = result[j2 + 1]! - dby;
  result[j2 + 2] = result[j2 + 2]! - dbz;
}
