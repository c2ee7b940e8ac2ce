/** FaceMesh as a function: an upright picture of one face in, 468 points out. */
import { captureNetwork, type Tensor } from '../../../framework/device/index.js';
import { loadPackagedModel } from './packaged-model.js';

/** Side of the network's input picture, in pixels. */
export const meshInputSize = 192;

const meshPointCount = 468;

export interface MeshResult {
  /** [468, 2] in input pixels. */
  readonly points: Float32Array;
  /** Probability that the picture shows a face. */
  readonly confidence: number;
}

export interface FaceMesh {
  /** Points of the face in a [192, 192, 3] picture (RGB in 0 … 1), upright and about 1.5 times as wide as the face. */
  locate(picture: Float32Array): MeshResult;
  dispose(): void;
}

/**
 * MediaPipe's FaceMesh (Kartynnik et al., "Real-time facial surface geometry from monocular video on mobile GPUs", 2019),
 * from `@vladmandic/human`. Input: RGB in 0 … 1. Depth, the third number of each point, is not used.
 */
export function loadFaceMesh(): FaceMesh {
  const model = loadPackagedModel('facemesh');
  const network = captureNetwork((picture) => model.execute(picture, ['Identity_1:0', 'Identity_2:0']) as Tensor[], [1, meshInputSize, meshInputSize, 3]);
  return {
    locate(picture) {
      const [flag, mesh] = network.run(picture);
      const points = new Float32Array(2 * meshPointCount);
      for (let point = 0; point < meshPointCount; point++) {
        points[2 * point] = mesh[3 * point];
        points[2 * point + 1] = mesh[3 * point + 1];
      }
      return { points, confidence: flag[0] };
    },
    dispose() {
      network.dispose();
      model.dispose();
    },
  };
}
