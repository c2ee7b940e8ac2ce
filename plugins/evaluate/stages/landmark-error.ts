import { implementDevice } from '../../../framework/index.js';
import { landmarkError } from '../maths/landmark-error.js';
import { landmarkError as contract } from '../plugin.js';

export const stage = implementDevice(contract, {
  build: () => ({ run: ({ landmarks, reference, box }) => ({ error: landmarkError(landmarks, reference, box) }) }),
});
