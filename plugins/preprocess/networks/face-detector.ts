/** BlazeFace as a function: a picture in, faces out. */
import { captureNetwork, type Tensor } from '../../../framework/device/index.js';
import { decodeDetections, detectorSize, type Detection } from '../host/blazeface-decode.js';
import { loadPackagedModel } from './packaged-model.js';

export interface FaceDetector {
  /** Faces in a [256, 256, 3] picture (RGB in 0 … 1), in its pixels, best first. */
  detect(picture: Float32Array, threshold: number): Detection[];
  dispose(): void;
}

/**
 * BlazeFace for 256 px ("back camera"), from `@vladmandic/human`. Input: RGB in −1 … 1. Four outputs: scores and boxes of
 * the fine grid (512 anchors) and of the coarse one (384).
 */
export function loadFaceDetector(): FaceDetector {
  const model = loadPackagedModel('blazeface');
  const outputs = ['Identity:0', 'Identity_1:0', 'Identity_2:0', 'Identity_3:0'];
  const network = captureNetwork((picture) => model.execute(picture.mul(2).sub(1), outputs) as Tensor[], [1, detectorSize, detectorSize, 3]);
  return {
    detect(picture, threshold) {
      const [fineLogits, coarseLogits, fineBoxes, coarseBoxes] = network.run(picture);
      return decodeDetections(joined(fineLogits, coarseLogits), joined(fineBoxes, coarseBoxes), threshold);
    },
    dispose() {
      network.dispose();
      model.dispose();
    },
  };
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
