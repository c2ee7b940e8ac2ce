import { clothColour } from '../colours.js';
import { mix, opacityAt, put, type Colour, type Cover, type Scene } from '../cover.js';
import { fieldNoise } from '../field-noise.js';

const [noseBridge, chin, leftCheek, rightCheek] = [197, 152, 234, 454] as const;

/** A surgical or cloth mask over nose, mouth and chin, with pleats or a print, and loops to the ears; now and then it has slipped down. */
export function faceMask({ random, at, pixel }: Scene): Cover {
  const [base, print] = [clothColour(random), clothColour(random)];
  const slipped = random.uniform() < 0.15 ? random.between(0.05, 0.22) : random.between(-0.02, 0.05);
  const [[middle, bridge], [, bottom], [left], [right]] = [at(noseBridge), at(chin), at(leftCheek), at(rightCheek)];
  const halfWidth = Math.max(0.2, (right - left) / 2 + random.between(-0.03, 0.04));
  const centre = (left + right) / 2;
  const [top, sag, edge] = [bridge + slipped, random.between(0.03, 0.2), random.between(0.05, 0.12)];
  const roundness = random.between(2, 4);
  const pleats = random.uniform() < 0.6 ? random.between(18, 45) : 0;
  const [depth, dots] = [random.between(0.03, 0.14), random.uniform() < 0.3 ? random.between(14, 45) : 0];
  const [noise, folds, slant] = [fieldNoise(random), random.between(0.02, 0.12), random.between(-0.3, 0.3)];
  const loops = random.uniform() < 0.8 ? random.between(0.004, 0.01) : 0;
  return (u, v, out) => {
    const across = (u - centre) / halfWidth;
    const fromNose = Math.min(1, Math.abs(u - middle) / halfWidth);
    const upper = top + sag * fromNose ** 1.5 - v;
    const lowerHeight = Math.max(0.1, bottom + edge - top);
    const lower = ((Math.abs(across) ** roundness + (Math.max(0, v - top) / lowerHeight) ** roundness) ** (1 / roundness) - 1) * halfWidth;
    const area = Math.max(upper, lower);
    const loop = loops > 0 && Math.abs(across) > 0.85 ? Math.abs(v - top - sag + 0.35 * (Math.abs(across) - 0.85)) - loops : Infinity;
    const printed: Colour = dots > 0 && Math.sin(dots * u) * Math.sin(dots * v) > 0.25 ? mix(base, print, 0.8) : base;
    const pleat = pleats > 0 ? depth * Math.sin(pleats * (v + 0.1 * across * across)) : 0;
    put(out, printed, 1 - 0.18 * across * across + slant * across * 0.5 + pleat + folds * noise(7 * u, 7 * v), opacityAt(Math.min(area, loop), pixel));
  };
}
