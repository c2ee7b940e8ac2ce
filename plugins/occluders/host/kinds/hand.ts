import type { Point } from '../../../preprocess/index.js';
import { handSkin } from '../colours.js';
import { opacityAt, put, type Cover, type Scene } from '../cover.js';
import { fieldNoise } from '../field-noise.js';

interface Limb {
  readonly from: Point;
  readonly to: Point;
  readonly radius: number;
  readonly taper: number;
}

/**
 * A hand that reaches over the face from outside: a back of the hand, one to five fingers that taper, and a wrist; dark lines between the
 * fingers, shaded as round, in the skin of this person more often than not.
 */
export function hand({ random, pixel, skin }: Scene): Cover {
  const colour = handSkin(random, skin);
  const limbs = drawLimbs(random);
  const [turn, mirrored] = [random.between(-Math.PI, Math.PI), random.uniform() < 0.5 ? -1 : 1];
  const scale = random.between(0.7, 1.25);
  const goal: Point = [random.between(-0.3, 0.3), random.between(-0.35, 0.4)];
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  const [lightX, lightY] = [random.between(-0.2, 0.2), random.between(-0.2, 0.1)];
  const [noise, grain] = [fieldNoise(random), random.between(0.01, 0.06)];
  const roundness = random.between(0.15, 0.45);
  return (u, v, out) => {
    const x = mirrored * (cos * (u - goal[0]) + sin * (v - goal[1]));
    const y = cos * (v - goal[1]) - sin * (u - goal[0]);
    let nearest = Infinity;
    let second = Infinity;
    let sideX = 0;
    let sideY = 0;
    let radius = 1;
    for (const limb of limbs) {
      const dx = limb.to[0] - limb.from[0];
      const dy = limb.to[1] - limb.from[1];
      const along = Math.max(0, Math.min(1, ((x - limb.from[0]) * dx + (y - limb.from[1]) * dy) / (dx * dx + dy * dy)));
      const ox = x - limb.from[0] - along * dx;
      const oy = y - limb.from[1] - along * dy;
      const reach = limb.radius * (1 - limb.taper * along);
      const distance = Math.sqrt(ox * ox + oy * oy) - reach;
      if (distance < nearest) {
        second = nearest;
        nearest = distance;
        sideX = ox / reach;
        sideY = oy / reach;
        radius = reach;
      } else if (distance < second) second = distance;
    }
    const depth = Math.min(1, Math.max(0, -nearest / radius));
    const crease = 1 - 0.3 * Math.max(0, 1 - Math.abs(second - nearest) / 0.015) * (second < 0.02 ? 1 : 0);
    const light = (1 - roundness * (1 - depth) ** 2 + lightX * sideX + lightY * sideY) * crease + grain * noise(30 * u, 30 * v);
    put(out, colour, light, opacityAt(nearest * scale, pixel));
  };
}

/** Fingertips at the origin, pointing up (−y); the wrist far below. */
function drawLimbs(random: Scene['random']): Limb[] {
  const fingers = 1 + random.integer(4);
  const spread = random.between(0.02, 0.28);
  const length = random.between(0.28, 0.45);
  const folded = random.uniform() < 0.25 ? 0.35 : 1;
  const limbs: Limb[] = [
    { from: [0, 0.62], to: [0, 0.42], radius: 0.17, taper: 0.05 },
    { from: [0, 0.75], to: [0.02, 1.6], radius: 0.13, taper: -0.15 },
  ];
  for (let index = 0; index < fingers; index++) {
    const place = index - (fingers - 1) / 2;
    const [angle, reach] = [place * spread, length * folded * (1 - 0.08 * place * place)];
    const root: Point = [0.08 * place, 0.4];
    limbs.push({ from: root, to: [root[0] + reach * Math.sin(angle), root[1] - reach * Math.cos(angle)], radius: random.between(0.04, 0.055), taper: 0.25 });
  }
  if (random.uniform() < 0.6) limbs.push({ from: [-0.13, 0.55], to: [random.between(-0.36, -0.2), random.between(0.2, 0.45)], radius: 0.055, taper: 0.25 });
  return limbs;
}
