/** Deep3D's topology of the Basel model's front: triangles, landmarks, skin (`facemodel_info.mat`, and in `BFM_model_front.mat`). */
import { modelFileError } from './model-file-error.js';
import type { MatNumbers } from './mat-element.js';

export const frontVertices = 35709;
export const frontTriangles = 70789;

/** Matrices that both files hold. */
export const topologyMatrices = {
  tri: { rows: frontTriangles, columns: 3 },
  keypoints: { rows: 1, columns: 68 },
  skinmask: { rows: 1, columns: frontVertices },
} as const;

export interface FrontTopology {
  readonly triangles: Int32Array;
  readonly landmarks: Int32Array;
  readonly skinMask: Uint8Array;
}

/** Indices from 1, column after column, to rows from 0. */
export function frontTopology(path: string, { tri, keypoints, skinmask }: Readonly<Record<keyof typeof topologyMatrices, MatNumbers>>): FrontTopology {
  const columns = zeroBased(path, 'tri', tri, frontVertices);
  const triangles = Int32Array.from(columns, (_, at) => columns[(at % 3) * frontTriangles + Math.floor(at / 3)]!);
  return {
    triangles,
    landmarks: zeroBased(path, 'keypoints', keypoints, frontVertices),
    skinMask: Uint8Array.from(skinmask, (value) => (value > 0.5 ? 1 : 0)),
  };
}

/** @throws FlowError when an index is not a whole number from 1 to `count` */
export function zeroBased(path: string, name: string, indices: MatNumbers, count: number): Int32Array {
  const wrong = indices.findIndex((value) => !Number.isInteger(value) || value < 1 || value > count);
  if (wrong >= 0) {
    throw modelFileError(path, `${name} holds a number that is no index.`, { expected: `whole numbers from 1 to ${count}`, got: `${indices[wrong]} at place ${wrong}` });
  }
  return Int32Array.from(indices, (value) => value - 1);
}
