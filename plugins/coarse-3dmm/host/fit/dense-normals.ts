import { vertexNormalsHost } from '../../../rasterizer/index.js';
import type { FaceModel } from '../face-model.js';

/** Unit normals of the mean face at the 468 points of facemesh: float32 [468*3], outwards. */
export function denseNormals(face: FaceModel): Float32Array {
  const { vertices, weights } = face.denseLandmarks;
  const normals = vertexNormalsHost(face.meanShape, face.triangles);
  const found = new Float32Array(vertices.length);
  for (let point = 0; point < vertices.length; point += 3) {
    const mean = [0, 1, 2].map((axis) => [0, 1, 2].reduce((sum, corner) => sum + weights[point + corner]! * normals[vertices[point + corner]! * 3 + axis]!, 0));
    const length = Math.hypot(...mean) || 1;
    mean.forEach((value, axis) => (found[point + axis] = value / length));
  }
  return found;
}
