import type { Point } from '../../../preprocess/index.js';
import { handSkin } from '../colours.js';
import { mix, opacityAt, put, type Colour, type Cover, type Scene } from '../cover.js';
import { fieldNoise } from '../field-noise.js';

interface Limb {
  readonly from: Point;
  readonly to: Point;
  readonly radius: number;
  readonly taper: number;
  /** Shows nails or knuckles. */
  readonly finger: boolean;
}

/**
 * A hand that reaches over the face from outside: a back of the hand, one to five fingers that taper, and a wrist; dark lines between the
 * fingers and where it touches the face, shaded as round, with nails and the creases of the knuckles, in the skin of this person more often than not.
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
  const [rim, rimWidth, gap] = [random.between(0, 0.45), random.between(1, 2.5) * pixel, random.between(0, 0.3)];
  const details = drawDetails(random, colour);
  return (u, v, out) => {
    const x = mirrored * (cos * (u - goal[0]) + sin * (v - goal[1]));
    const y = cos * (v - goal[1]) - sin * (u - goal[0]);
    const { limb, distance, second, along, sideX, sideY, radius } = nearestLimb(limbs, x, y);
    const depth = Math.min(1, Math.max(0, -distance / radius));
    const crease = 1 - gap * Math.max(0, 1 - Math.abs(second - distance) / 0.015) * (second < 0.02 ? 1 : 0);
    const contact = 1 - rim * Math.max(0, 1 + (distance * scale) / rimWidth);
    const light = (1 - roundness * (1 - depth) ** 2 + lightX * sideX + lightY * sideY) * crease * contact + grain * noise(30 * u, 30 * v);
    const isNail = limb.finger && details.nails && along > 0.8 && ((along - 0.92) / 0.09) ** 2 + (across(sideX, sideY, limb) / 0.55) ** 2 < 1;
    const wrinkle = limb.finger && !isNail ? details.wrinkles * details.creases.reduce((sum, place) => sum + Math.max(0, 1 - Math.abs(along - place) / 0.025), 0) : 0;
    put(out, isNail ? details.nail : colour, light * (1 - wrinkle), opacityAt(distance * scale, pixel));
  };
}

/** What is seen of fingers from above, or nothing of it from the palm's side. */
function drawDetails(random: Scene['random'], colour: Colour) {
  const painted: Colour = [random.between(0.2, 0.9), random.between(0, 0.5), random.between(0.05, 0.5)];
  return {
    nails: random.uniform() < 0.6,
    nail: random.uniform() < 0.25 ? painted : mix(colour, [0.95, 0.8, 0.78], random.between(0.1, 0.5)),
    wrinkles: random.between(0, 0.25),
    creases: [random.between(0.28, 0.36), random.between(0.6, 0.7)],
  };
}

/** How far to the side of a limb's axis a point lies, as a share of the reach. */
function across(sideX: number, sideY: number, { from, to }: Limb): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  return (sideX * dy - sideY * dx) / Math.hypot(dx, dy);
}

/** The limb whose surface is nearest, and how far the second one is; the side is in shares of the limb's reach there. */
function nearestLimb(limbs: readonly Limb[], x: number, y: number) {
  const found = { limb: limbs[0]!, distance: Infinity, second: Infinity, along: 0, sideX: 0, sideY: 0, radius: 1 };
  for (const limb of limbs) {
    const dx = limb.to[0] - limb.from[0];
    const dy = limb.to[1] - limb.from[1];
    const along = Math.max(0, Math.min(1, ((x - limb.from[0]) * dx + (y - limb.from[1]) * dy) / (dx * dx + dy * dy)));
    const ox = x - limb.from[0] - along * dx;
    const oy = y - limb.from[1] - along * dy;
    const radius = limb.radius * (1 - limb.taper * along);
    const distance = Math.sqrt(ox * ox + oy * oy) - radius;
    if (distance < found.distance) Object.assign(found, { limb, distance, second: found.distance, along, sideX: ox / radius, sideY: oy / radius, radius });
    else if (distance < found.second) found.second = distance;
  }
  return found;
}

/** Fingertips at the origin, pointing up (−y); the wrist far below. */
function drawLimbs(random: Scene['random']): Limb[] {
  const fingers = 1 + random.integer(4);
  const spread = random.between(0.02, 0.28);
  const length = random.between(0.28, 0.45);
  const folded = random.uniform() < 0.25 ? 0.35 : 1;
  const limbs: Limb[] = [
    { from: [0, 0.62], to: [0, 0.42], radius: 0.17, taper: 0.05, finger: false },
    { from: [0, 0.75], to: [0.02, 1.6], radius: 0.13, taper: -0.15, finger: false },
  ];
  for (let index = 0; index < fingers; index++) {
    const place = index - (fingers - 1) / 2;
    const [angle, reach] = [place * spread, length * folded * (1 - 0.08 * place * place)];
    const root: Point = [0.08 * place, 0.4];
    limbs.push({ from: root, to: [root[0] + reach * Math.sin(angle), root[1] - reach * Math.cos(angle)], radius: random.between(0.04, 0.055), taper: 0.25, finger: true });
  }
  if (random.uniform() < 0.6) limbs.push({ from: [-0.13, 0.55], to: [random.between(-0.36, -0.2), random.between(0.2, 0.45)], radius: 0.055, taper: 0.25, finger: true });
  return limbs;
}
