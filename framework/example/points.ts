/** The data of the example, made up: places in a square of 4 metres, and the height of the ground there. */
import { randomFor } from '../index.js';

/** Numbers of the points of a split; every fourth point is for testing. */
export function pointsOf(count: number, split: 'train' | 'test'): number[] {
  return Array.from({ length: count }, (_, index) => index).filter((index) => (index % 4 === 3) === (split === 'test'));
}

/** x and y of a point, in [-2, 2] metres. */
export function placeOf(point: number): readonly [number, number] {
  const random = randomFor('toy-regression', 'place', point);
  return [random.between(-2, 2), random.between(-2, 2)];
}

/** Height of the ground, metres. */
export function heightAt([x, y]: readonly [number, number]): number {
  return Math.sin(1.5 * x) * Math.cos(y) + 0.3 * x;
}
