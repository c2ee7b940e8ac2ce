import { float32, implementHost, SampleError } from '../../index.js';
import { standardise } from '../plugin.js';

export const stage = implementHost(standardise, {
  async create({ options }) {
    return {
      run({ place }) {
        const unit = [...place.data].map((value) => value / (options.size / 2));
        if (unit.some((value) => !(Math.abs(value) <= 1))) {
          throw new SampleError('the place is outside the square', { expected: `coordinates up to ${options.size / 2} m`, got: [...place.data].join(', ') });
        }
        return { place: float32(unit, [2]) };
      },
    };
  },
});
