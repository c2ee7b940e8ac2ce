import type { Random } from '../../../framework/index.js';
import { drawShape, type OccluderKind } from './occluder-shapes.js';
import { smoothNoise } from './smooth-noise.js';

export interface OccluderOptions {
  /** Side of the picture, px. */
  readonly size: number;
  readonly kinds: readonly OccluderKind[];
  /** Fewest and most occluders. */
  readonly count: readonly number[];
  /** Least and largest area of one occluder, as a share of the picture. */
  readonly area: readonly number[];
  readonly skinShare: number;
}

type Colour = readonly [number, number, number];

/**
 * Synthetic occluders on nothing: [size, size, 4], colour times opacity and opacity, in [0, 1], edges one pixel soft. They lie mostly
 * over the middle, where the face is. A pure function of the generator and the options.
 */
export function drawOccluders(random: Random, options: OccluderOptions): Float32Array {
  const picture = new Float32Array(options.size * options.size * 4);
  const [fewest, most] = options.count as [number, number];
  const count = fewest + random.integer(Math.max(0, most - fewest) + 1);
  for (let index = 0; index < count; index++) paintOccluder(picture, random.fork('occluder', index), options);
  return picture;
}

function paintOccluder(picture: Float32Array, random: Random, { size, kinds, area, skinShare }: OccluderOptions): void {
  const shape = drawShape(random, kinds[random.integer(kinds.length)]!);
  const unit = size * Math.sqrt(random.between(area[0]!, area[1]!) / shape.area);
  const turn = random.between(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const centre = ['x', 'y'].map(() => size * (0.5 + Math.max(-0.35, Math.min(0.35, 0.18 * random.normal()))));
  const colourAt = drawTexture(random, size, skinShare);
  const reach = shape.reach * unit + 1;
  const [[left, right], [top, bottom]] = centre.map((place) => [Math.max(0, Math.floor(place - reach)), Math.min(size, Math.ceil(place + reach))]) as [
    [number, number], [number, number],
  ];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const [x, y] = [(column + 0.5 - centre[0]!) / unit, (row + 0.5 - centre[1]!) / unit];
      const opacity = Math.max(0, Math.min(1, shape.inside(cos * x + sin * y, cos * y - sin * x) * unit + 0.5));
      if (opacity === 0) continue;
      const place = 4 * (row * size + column);
      const layer = [...colourAt(column, row), 1];
      for (let channel = 0; channel < 4; channel++) {
        picture[place + channel] = opacity * layer[channel]! + (1 - opacity) * picture[place + channel]!;
      }
    }
  }
}

/** A colour with smooth noise and a slant of light; every third has stripes of a second colour. */
function drawTexture(random: Random, size: number, skinShare: number): (column: number, row: number) => Colour {
  const base = random.uniform() < skinShare ? skinTone(random) : anyColour(random);
  const second = anyColour(random);
  const striped = random.uniform() < 1 / 3;
  const [stripeX, stripeY, phase] = [random.normal() / 8, random.normal() / 8, random.between(0, 2 * Math.PI)];
  const [slantX, slantY] = [random.between(-0.3, 0.3) / size, random.between(-0.3, 0.3) / size];
  const noise = smoothNoise(random, size, 9);
  const strength = random.between(0.05, 0.35);
  return (column, row) => {
    const mix = striped ? Math.max(0, Math.min(1, 0.5 + 2 * Math.sin(stripeX * column + stripeY * row + phase))) : 0;
    const light = 1 + strength * noise(column, row) + slantX * (column - size / 2) + slantY * (row - size / 2);
    return base.map((value, channel) => Math.max(0, Math.min(1, light * ((1 - mix) * value + mix * second[channel]!)))) as unknown as Colour;
  };
}

function anyColour(random: Random): Colour {
  return [random.uniform(), random.uniform(), random.uniform()];
}

/** Between a dark and a light skin, in sRGB. */
function skinTone(random: Random): Colour {
  const [dark, bright] = [[0.24, 0.15, 0.11], [0.94, 0.78, 0.69]] as const;
  const share = random.uniform();
  return dark.map((value, channel) => value + share * (bright[channel]! - value) + 0.03 * random.normal()) as unknown as Colour;
}
