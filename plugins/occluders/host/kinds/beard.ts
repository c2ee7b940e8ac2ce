import type { Point } from '../../../preprocess/index.js';
import { hairColour } from '../colours.js';
import { clamp, put, type Cover, type Scene } from '../cover.js';
import { fieldNoise } from '../field-noise.js';

const [upperLip, lowerLip, leftCorner, rightCorner, noseBase, chin] = [0, 17, 61, 291, 2, 152] as const;

/** A beard, stubble or a moustache. It belongs to the face: whoever lays it over a photo leaves the mask as it is. */
export function beard({ random, at, skin, pixel }: Scene): Cover {
  const colour = hairColour(random, skin);
  const [fine, coarse] = [fieldNoise(random.fork('fine')), fieldNoise(random.fork('coarse'))];
  const [density, contrast] = [random.between(0.25, 0.95), random.between(0.1, 0.5)];
  const [full, moustache] = [random.uniform() < 0.75, random.uniform() < 0.7];
  const [lips, corners]: [Point, number] = [[(at(leftCorner)[0] + at(rightCorner)[0]) / 2, (at(upperLip)[1] + at(lowerLip)[1]) / 2], Math.abs(at(rightCorner)[0] - at(leftCorner)[0]) / 2];
  const tall = Math.abs(at(lowerLip)[1] - at(upperLip)[1]) / 2 + 0.01;
  const [line, rise] = [lips[1] + random.between(-0.12, 0.12), random.between(0.4, 1.6)];
  const [base, end] = [at(noseBase)[1], at(chin)[1] + random.between(0, 0.08)];
  return (u, v, out) => {
    const across = u - lips[0];
    const ragged = 0.03 * coarse(8 * u, 8 * v);
    const cheek = Math.max(line - rise * across * across - v, v + across * across - end, Math.abs(across) - 0.46) + ragged;
    const onLips = Math.hypot(across / (1.15 * corners), (v - lips[1]) / tall) - 1;
    const upper = Math.max(base + 0.02 - v, v - lips[1], Math.abs(across) - 1.3 * corners);
    const area = Math.min(full ? Math.max(cheek, lips[1] - v - (moustache ? 0.1 : 0)) : Infinity, moustache ? upper : Infinity);
    const soft = clamp(0.5 - area / (4 * pixel)) * clamp(0.5 + onLips / 0.2);
    put(out, colour, 1 + contrast * fine(70 * u, 25 * v), soft * clamp(density * (1 + 0.5 * coarse(12 * u, 12 * v))));
  };
}
