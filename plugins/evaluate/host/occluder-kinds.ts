/**
 * Occluders for tests. Training uses ellipses, blobs, bars and polygons (`self-augment/occlude`); these have other shapes and
 * textures, so that a model cannot have learned them.
 */
import type { Random } from '../../../framework/index.js';
import type { FaceFrame, Point } from '../../preprocess/index.js';

export type Colour = readonly [number, number, number];

/** In face coordinates (`FaceFrame` of preprocess). `amount`, 0 … 1, is how far the occluder covers the face. */
export interface Occluder {
  /** Distance to its border, negative inside. */
  distance(point: Point, amount: number): number;
  /** RGB in 0 … 1 before the photo's light. */
  colour(point: Point, amount: number): Colour;
}

export type OccluderKind = 'hand' | 'glasses' | 'card' | 'scarf';

export const occluderKinds: Readonly<Record<OccluderKind, (random: Random, frame: FaceFrame) => Occluder>> = {
  hand, glasses, card, scarf,
};

/** A hand from the side or from below: a palm and five fingers, in some skin colour, shaded as round. */
function hand(random: Random): Occluder {
  const angle = random.between(-2.4, 2.4);
  const target: Point = [random.between(-0.25, 0.25), random.between(-0.2, 0.35)];
  const spread = random.between(0.1, 0.28);
  const tone = random.uniform();
  const skin: Colour = [0.92 - 0.55 * tone, 0.74 - 0.5 * tone, 0.62 - 0.47 * tone];
  const light: Point = [random.between(-1, 1), random.between(-1, 0)];
  const fingers = [-1.5, -0.5, 0.5, 1.5].map((place) => capsule([0.075 * place, -0.1], fingertip(place, spread), 0.042));
  const parts = [capsule([0, 0.02], [0, 0.9], 0.16), ...fingers, capsule([-0.12, 0.1], [-0.3, -0.1], 0.048)];
  const scaleOf = (amount: number): number => 0.35 + 1.5 * amount;
  const local = ([u, v]: Point, amount: number): Point => {
    const scale = scaleOf(amount);
    const [x, y] = [(u - target[0]) / scale, (v - target[1]) / scale];
    return [Math.cos(angle) * x + Math.sin(angle) * y, Math.cos(angle) * y - Math.sin(angle) * x - 0.15];
  };
  return {
    distance(point, amount) {
      const place = local(point, amount);
      return scaleOf(amount) * parts.reduce((least, part) => Math.min(least, part(place).distance), Infinity);
    },
    colour(point, amount) {
      const place = local(point, amount);
      const nearest = parts.map((part) => part(place)).reduce((best, part) => (part.depth > best.depth ? part : best));
      const shade = 0.72 + 0.28 * nearest.depth + 0.12 * (nearest.side[0] * light[0] + nearest.side[1] * light[1]);
      return [skin[0] * shade, skin[1] * shade, skin[2] * shade];
    },
  };
}

function fingertip(place: number, spread: number): Point {
  const direction = place * spread;
  const length = 0.42 - 0.03 * place * place;
  return [0.075 * place + length * Math.sin(direction), -0.1 - length * Math.cos(direction)];
}

/** A thick line from a to b: distance to its border, depth (1 on the axis, 0 at the border) and the way to the axis. */
function capsule(a: Point, b: Point, radius: number) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  return ([x, y]: Point): { readonly distance: number; readonly depth: number; readonly side: Point } => {
    const along = Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)));
    const [ox, oy] = [x - a[0] - along * dx, y - a[1] - along * dy];
    const reach = Math.hypot(ox, oy);
    return { distance: reach - radius, depth: Math.sqrt(Math.max(0, 1 - (reach / radius) ** 2)), side: [ox / radius, oy / radius] };
  };
}

/** Sunglasses: two lenses on the eyes, a bridge and temples, with a sky gradient. */
function glasses(random: Random, { eyes }: FaceFrame): Occluder {
  const tint: Colour = [random.between(0.02, 0.2), random.between(0.02, 0.15), random.between(0.02, 0.15)];
  const squareness = random.between(2, 5);
  const height = random.between(0.7, 1);
  const sky = random.between(0.05, 0.4);
  const reach = (amount: number): number => 0.12 + 0.3 * amount;
  return {
    distance([u, v], amount) {
      const lenses = eyes.map(([x, y]) => {
        const radius = reach(amount);
        const bent = (Math.abs((u - x) / radius) ** squareness + Math.abs((v - y - 0.03) / (radius * height)) ** squareness) ** (1 / squareness);
        return (bent - 1) * radius * height;
      });
      const middle = (eyes[0][1] + eyes[1][1]) / 2;
      const frame = Math.max(Math.abs(v - middle + 0.02) - 0.022, Math.abs(u) - 0.5);
      return Math.min(...lenses, frame);
    },
    colour([, v], amount) {
      const shine = sky * Math.max(0, 1 - (v - eyes[0][1] + reach(amount)) / (2 * reach(amount)));
      return [tint[0] + shine * 0.7, tint[1] + shine * 0.85, tint[2] + shine];
    },
  };
}

/** A card, book or telephone: a rectangle at any angle, printed with stripes, checks or lines of text. */
function card(random: Random): Occluder {
  const angle = random.between(-0.8, 0.8);
  const centre: Point = [random.between(-0.3, 0.3), random.between(-0.25, 0.4)];
  const ratio = random.between(0.55, 1.5);
  const [paper, ink] = [bright(random), dark(random)];
  const pattern = random.integer(3);
  const pitch = random.between(0.05, 0.12);
  const local = ([u, v]: Point): Point => [
    Math.cos(angle) * (u - centre[0]) + Math.sin(angle) * (v - centre[1]), Math.cos(angle) * (v - centre[1]) - Math.sin(angle) * (u - centre[0]),
  ];
  return {
    distance(point, amount) {
      const half = 0.1 + 0.6 * amount;
      const [x, y] = local(point);
      return Math.max(Math.abs(x) - half * Math.sqrt(ratio), Math.abs(y) - half / Math.sqrt(ratio));
    },
    colour(point) {
      const [x, y] = local(point);
      const [column, row] = [Math.floor(x / pitch), Math.floor(y / pitch)];
      const marks = [column % 2 === 0, (column + row) % 2 === 0, row % 2 === 0 && Math.sin(7.3 * column + 3.1 * row) > -0.4];
      return marks[pattern] ? ink : paper;
    },
  };
}

/** A scarf or turned-up collar over the lower face: plaid cloth with folds. */
function scarf(random: Random): Occluder {
  const [first, second] = [bright(random), dark(random)];
  const [frequency, phase, slope] = [random.between(4, 9), random.between(0, 6), random.between(-0.25, 0.25)];
  const [pitch, fold] = [random.between(0.08, 0.2), random.between(10, 22)];
  return {
    distance: ([u, v], amount) => 0.55 - 0.75 * amount + slope * u + 0.03 * Math.sin(frequency * u + phase) - v,
    colour([u, v]) {
      const weave = Number(Math.sin((6.28 * u) / pitch) > 0.3) + Number(Math.sin((6.28 * v) / pitch) > 0.3);
      const shade = 0.8 + 0.2 * Math.sin(fold * (v + 0.4 * u) + phase);
      return [0, 1, 2].map((channel) => (first[channel] + ((second[channel] - first[channel]) * weave) / 2) * shade) as unknown as Colour;
    },
  };
}

function bright(random: Random): Colour {
  return [random.between(0.4, 1), random.between(0.4, 1), random.between(0.4, 1)];
}

function dark(random: Random): Colour {
  return [random.between(0, 0.5), random.between(0, 0.5), random.between(0, 0.5)];
}
