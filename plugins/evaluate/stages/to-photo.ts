import { implementDevice } from '../../../framework/index.js';
import { toPhoto as contract } from '../contracts/landmarks.js';
import { fivePoints } from '../maths/five-points.js';
import { toPhoto } from '../maths/to-photo.js';

export const stage = implementDevice(contract, {
  build: () => ({
    run: ({ landmarks, transform }) => {
      const inPhoto = toPhoto(landmarks, transform);
      return { landmarks: inPhoto, five: fivePoints(inPhoto) };
    },
  }),
});
