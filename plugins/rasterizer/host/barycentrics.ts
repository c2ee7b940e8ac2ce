/** Perspective-correct barycentric coordinates of visible pixels, and their derivative by the vertices. */
import { type Camera, type Numbers } from './camera.js';

/** One image of a batch: where its numbers begin. */
export interface BarycentricsJob {
  readonly vertices: Numbers;
  readonly vertexOffset: number;
  readonly triangles: Int32Array;
  readonly ids: Int32Array;
  readonly idOffset: number;
  readonly size: number;
  readonly camera: Camera;
}

/**
 * Where the ray d = (X, Y, 1) of a pixel centre meets its triangle p₀p₁p₂ (camera space x, y, z_c):
 *
 *   e_i = d · (p_{i+1} × p_{i+2}),   b_i = e_i / Σe
 *
 * so that Σ b_i p_i lies on the ray. Background pixels get zeros.
 *
 * Source: homogeneous rasterisation (Olano and Greer 1997), as in tf_mesh_renderer.
 *
 * @param result filled with three numbers a pixel
 */
export function barycentricsInto(job: BarycentricsJob, result: Numbers, resultOffset: number): void {
  const { vertices, vertexOffset, triangles, ids, idOffset, size, camera } = job;
  const scale = 1 / (camera.focal * size);
  const { distance } = camera;
  let pixel = 0;
  for (let row = 0; row < size; row++) {
    const y = (size / 2 - row - 0.5) * scale;
    for (let column = 0; column < size; column++, pixel++) {
      const triangle = ids[idOffset + pixel]!;
      if (triangle < 0) continue;
      const x = (column + 0.5 - size / 2) * scale;
      const i0 = vertexOffset + triangles[triangle * 3]! * 3;
      const i1 = vertexOffset + triangles[triangle * 3 + 1]! * 3;
      const i2 = vertexOffset + triangles[triangle * 3 + 2]! * 3;
      const w0 = distance - vertices[i0 + 2]!;
      const w1 = distance - vertices[i1 + 2]!;
      const w2 = distance - vertices[i2 + 2]!;
      // The corners relative to the ray: e_i becomes a product of small numbers, which keeps its digits.
      const x0 = vertices[i0]! - x * w0;
      const y0 = vertices[i0 + 1]! - y * w0;
      const x1 = vertices[i1]! - x * w1;
      const y1 = vertices[i1 + 1]! - y * w1;
      const x2 = vertices[i2]! - x * w2;
      const y2 = vertices[i2 + 1]! - y * w2;
      const e0 = x1 * y2 - y1 * x2;
      const e1 = x2 * y0 - y2 * x0;
      const e2 = x0 * y1 - y0 * x1;
      const inverse = 1 / (e0 + e1 + e2);
      const to = resultOffset + pixel * 3;
      result[to] = e0 * inverse;
      result[to + 1] = e1 * inverse;
      result[to + 2] = e2 * inverse;
    }
  }
}

/**
 * Adds the derivative of F by the vertices, given g = ∂F/∂b, with triangle ids held fixed:
 *
 *   D_i = d × (p_{i+1} − p_{i+2}),   ∂F/∂p_i = (e_i / (Σe)²) · (g₀ D₀ + g₁ D₁ + g₂ D₂)
 *
 * and ∂/∂z = −∂/∂z_c. Coverage has no derivative: silhouettes and occlusion borders do not move.
 *
 * Source: tf_mesh_renderer, `rasterize_triangles_grad.cc`. Differs: in decimetres of camera space, not in clip space.
 *
 * @param gradients g, three numbers a pixel
 * @param result three numbers a vertex, added to
 */
export function barycentricsBackwardInto(
  job: BarycentricsJob, gradients: Numbers, gradientOffset: number, result: Numbers, resultOffset: number,
): void {
  const { vertices, vertexOffset, triangles, ids, idOffset, size, camera } = job;
  const scale = 1 / (camera.focal * size);
  const { distance } = camera;
  for (let pixel = 0; pixel < size * size; pixel++) {
    const triangle = ids[idOffset + pixel]!;
    if (triangle < 0) continue;
    const x = ((pixel % size) + 0.5 - size / 2) * scale;
    const y = (size / 2 - Math.floor(pixel / size) - 0.5) * scale;
    const i0 = triangles[triangle * 3]! * 3;
    const i1 = triangles[triangle * 3 + 1]! * 3;
    const i2 = triangles[triangle * 3 + 2]! * 3;
    const from0 = vertexOffset + i0;
    const from1 = vertexOffset + i1;
    const from2 = vertexOffset + i2;
    const w0 = distance - vertices[from0 + 2]!;
    const w1 = distance - vertices[from1 + 2]!;
    const w2 = distance - vertices[from2 + 2]!;
    const x0 = vertices[from0]! - x * w0;
    const y0 = vertices[from0 + 1]! - y * w0;
    const x1 = vertices[from1]! - x * w1;
    const y1 = vertices[from1 + 1]! - y * w1;
    const x2 = vertices[from2]! - x * w2;
    const y2 = vertices[from2 + 1]! - y * w2;
    const e0 = x1 * y2 - y1 * x2;
    const e1 = x2 * y0 - y2 * x0;
    const e2 = x0 * y1 - y0 * x1;
    const sum = e0 + e1 + e2;
    const g0 = gradients[gradientOffset + pixel * 3]!;
    const g1 = gradients[gradientOffset + pixel * 3 + 1]!;
    const g2 = gradients[gradientOffset + pixel * 3 + 2]!;
    // Σ g_i D_i = d × q with q = Σ g_i (p_{i+1} − p_{i+2}); relative to the ray, d is (0, 0, 1) and d × q = (−q_y, q_x, 0).
    const scaleAll = 1 / (sum * sum);
    const dx = -(g0 * (y1 - y2) + g1 * (y2 - y0) + g2 * (y0 - y1)) * scaleAll;
    const dy = (g0 * (x1 - x2) + g1 * (x2 - x0) + g2 * (x0 - x1)) * scaleAll;
    const dz = x * dx + y * dy;
    addScaled(result, resultOffset + i0, e0, dx, dy, dz);
    addScaled(result, resultOffset + i1, e1, dx, dy, dz);
    addScaled(result, resultOffset + i2, e2, dx, dy, dz);
  }
}

function addScaled(result: Numbers, at: number, factor: number, dx: number, dy: number, dz: number): void {
  result[at] = result[at]! + factor * dx;
  result[at + 1] = result[at + 1]! + factor * dy;
  result[at + 2] = result[at + 2]! + factor * dz;
}
