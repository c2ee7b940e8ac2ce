import { normalTensor } from '../../../framework/testing/index.js';

export interface TestMesh {
  readonly vertices: Float32Array;
  readonly triangles: Int32Array;
}

/** A unit cube of half-width `half`, turned about y and x, in front of the camera; outward triangles. */
export function cube(half: number, yaw: number, pitch: number): TestMesh {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [bits & 1 ? half : -half, bits & 2 ? half : -half, bits & 4 ? half : -half]);
  const [cy, sy, cx, sx] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const vertices = corners.flatMap(([x, y, z]) => {
    const [x1, z1] = [cy * x! + sy * z!, -sy * x! + cy * z!];
    return [x1, cx * y! - sx * z1, sx * y! + cx * z1];
  });
  const triangles = [
    4, 5, 7, 4, 7, 6, 1, 0, 2, 1, 2, 3, 5, 1, 3, 5, 3, 7, 0, 4, 6, 0, 6, 2, 6, 7, 3, 6, 3, 2, 0, 1, 5, 0, 5, 4,
  ];
  return { vertices: Float32Array.from(vertices), triangles: Int32Array.from(triangles) };
}

/** A bumpy dome on a grid of rows × columns vertices, seed by seed another. */
export function dome(rows: number, columns: number, seed = 0): TestMesh {
  const noise = normalTensor([rows, columns, 3], 'dome', seed).data;
  const vertices: number[] = [];
  const triangles: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [x, y] = [(j / (columns - 1)) * 1.6 - 0.8, 0.9 - (i / (rows - 1)) * 1.8];
      const at = (i * columns + j) * 3;
      vertices.push(x + 0.03 * noise[at]!, y + 0.03 * noise[at + 1]!, 0.7 - 0.6 * (x * x + y * y) + 0.03 * noise[at + 2]!);
      if (i === rows - 1 || j === columns - 1) continue;
      const a = i * columns + j;
      triangles.push(a, a + columns, a + 1, a + 1, a + columns, a + columns + 1);
    }
  }
  return { vertices: Float32Array.from(vertices), triangles: Int32Array.from(triangles) };
}

/** Triangles thrown anywhere in and around the view, overlapping, of both windings. */
export function soup(count: number, seed: number): TestMesh {
  const numbers = normalTensor([count, 12], 'soup', seed).data;
  const vertices: number[] = [];
  for (let triangle = 0; triangle < count; triangle++) {
    const at = triangle * 12;
    for (let corner = 0; corner < 3; corner++) {
      for (let axis = 0; axis < 3; axis++) vertices.push(0.7 * numbers[at + axis]! + 0.5 * numbers[at + 3 + corner * 3 + axis]!);
    }
  }
  return { vertices: Float32Array.from(vertices), triangles: Int32Array.from({ length: count * 3 }, (_, index) => index) };
}

/** A ball about the origin, closed and with outward triangles: poles up and down, rings × segments quads between them. */
export function sphere(rings: number, segments: number, radius: number): TestMesh {
  const vertices = [0, radius, 0];
  for (let ring = 1; ring < rings; ring++) {
    for (let segment = 0; segment < segments; segment++) {
      const [polar, around] = [(Math.PI * ring) / rings, (2 * Math.PI * segment) / segments];
      vertices.push(radius * Math.sin(polar) * Math.sin(around), radius * Math.cos(polar), radius * Math.sin(polar) * Math.cos(around));
    }
  }
  vertices.push(0, -radius, 0);
  const last = vertices.length / 3 - 1;
  const at = (ring: number, segment: number): number => (ring === 0 ? 0 : ring === rings ? last : 1 + (ring - 1) * segments + (segment % segments));
  const triangles: number[] = [];
  for (let ring = 0; ring < rings; ring++) {
    for (let segment = 0; segment < segments; segment++) {
      if (ring < rings - 1) triangles.push(at(ring, segment), at(ring + 1, segment), at(ring + 1, segment + 1));
      if (ring > 0) triangles.push(at(ring, segment), at(ring + 1, segment + 1), at(ring, segment + 1));
    }
  }
  return { vertices: Float32Array.from(vertices), triangles: Int32Array.from(triangles) };
}

/** Several meshes as one. */
export function together(...meshes: readonly TestMesh[]): TestMesh {
  let before = 0;
  const triangles = meshes.flatMap((mesh) => {
    const moved = Array.from(mesh.triangles, (vertex) => vertex + before);
    before += mesh.vertices.length / 3;
    return moved;
  });
  return { vertices: Float32Array.from(meshes.flatMap((mesh) => [...mesh.vertices])), triangles: Int32Array.from(triangles) };
}
