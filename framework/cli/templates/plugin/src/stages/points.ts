import { float32, implementSource, randomFor } from 'faceflow';
import { points } from '../plugin.js';

export const stage = implementSource(points, {
  async open({ options }) {
    return {
      length: options.count,
      key: (index) => `${options.split}-${index}`,
      async read(index) {
        const random = randomFor('points', options.split, index);
        const x = random.uniform();
        return { x: float32([x], []), y: float32([options.slope * x + 1 + options.noise * random.normal()], []) };
      },
    };
  },
});
