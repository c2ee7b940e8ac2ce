import { float32, implementSource, randomFor } from '../../index.js';
import { heights } from '../plugin.js';
import { heightAt, placeOf, pointsOf } from '../points.js';

export const stage = implementSource(heights, {
  async open({ options }) {
    const points = pointsOf(options.count, options.split);
    const noiseOf = (point: number): number => options.noise * randomFor('toy-regression', 'noise', point).normal();
    return {
      length: points.length,
      key: (index) => `point-${points[index]}`,
      read: async (index) => ({ height: float32([heightAt(placeOf(points[index]!)) + noiseOf(points[index]!)], []) }),
    };
  },
});
