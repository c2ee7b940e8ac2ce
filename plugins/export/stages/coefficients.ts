import { implementSink, SampleError, writeFileAtomic } from '../../../framework/index.js';
import { describeFace, type FaceDescription, type FaceParts } from '../host/describe-face.js';
import { pathStem } from '../host/file-name.js';
import { coefficients as contract } from '../plugin.js';

export const stage = implementSink(contract, {
  create: async ({ options, folder }) => ({
    write: async ({ coefficients, landmarks, transform }, call) => {
      const face = described({
        coefficients: coefficients.data as Float32Array, size: options.size, landmarks: landmarks?.data as Float32Array | undefined, transform: transform?.data,
      });
      writeFileAtomic(`${pathStem(folder, call)}.json`, `${JSON.stringify({ key: call.key, ...face }, null, 1)}\n`);
    },
  }),
});

function described(parts: FaceParts): FaceDescription {
  try {
    return describeFace(parts);
  } catch (cause) {
    if (cause instanceof RangeError) throw new SampleError('The transform from photo to crop has no inverse.', { cause });
    throw cause;
  }
}
