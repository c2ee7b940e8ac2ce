import { implementDevice } from '../../../framework/index.js';
import { fivePointError as contract } from '../contracts/landmarks.js';
import { fivePointError } from '../maths/five-point-error.js';

export const stage = implementDevice(contract, {
  build: () => ({ run: ({ points, reference }) => ({ error: fivePointError(points, reference) }) }),
});
