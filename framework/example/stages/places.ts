import { float32, implementSource } from '../../index.js';
import { places } from '../plugin.js';
import { placeOf, pointsOf } from '../points.js';

export const stage = implementSource(places, {
  async open({ options }) {
    const points = pointsOf(options.count, options.split);
    return {
      length: points.length,
      key: (index) => `point-${points[index]}`,
      read: async (index) => ({ place: float32([...placeOf(points[index]!)], [2]) }),
    };
  },
});
