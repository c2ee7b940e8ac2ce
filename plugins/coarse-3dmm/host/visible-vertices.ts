/** Which vertices of a face can be seen at all. */
import { projectVertices, rasterizeHost } from '../../rasterizer/index.js';
import type { FaceModel } from './face-model.js';
import { posePoints } from './fit/pose.js';

const size = 448;
/** Pitch and yaw of the views, radians. */
const views = [[0, 0], [0, 0.7], [0, -0.7], [0, 1.3], [0, -1.3], [0.4, 0], [-0.4, 0]] as const;
/** Nearer than this to the first surface on the way from the camera, dm, a vertex is seen. */
const slack = 0.01;

/**
 * [V] 1 for vertices that some view of the resting mean face shows: not for the inside of the mouth, what lies under the lids, or a
 * hollow of the nose. A vertex is seen where it is no deeper than the surface at its pixel.
 */
export function visibleVertices(face: Pick<FaceModel, 'meanShape' | 'triangles' | 'vertexCount'>): Uint8Array {
  const visible = new Uint8Array(face.vertexCount);
  for (const [pitch, yaw] of views) {
    const posed = posePoints(face.meanShape, { angles: [pitch, yaw, 0], translation: [0, 0, 0] });
    const { depth } = rasterizeHost(posed, face.triangles, size);
    const projected = projectVertices(posed, size);
    for (let vertex = 0; vertex < face.vertexCount; vertex++) {
      const [column, row] = [Math.floor(projected[vertex * 3]!), Math.floor(projected[vertex * 3 + 1]!)];
      const distance = projected[vertex * 3 + 2]!;
      if (column < 0 || row < 0 || column >= size || row >= size) continue;
      const surface = depth[row * size + column]!;
      if (surface === 0 || distance <= surface + slack) visible[vertex] = 1;
    }
  }
  return visible;
}
