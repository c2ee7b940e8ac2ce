import { implementDevice } from '../../../framework/index.js';
import { nme as contract } from '../contracts/landmarks.js';
import { nme } from '../maths/nme.js';

export const stage = implementDevice(contract, {
  build: () => ({ run: ({ landmarks, reference, visible }) => ({ error: nme(landmarks, reference, visible) }) }),
});
