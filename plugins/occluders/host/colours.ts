/** Colours of what covers faces, in sRGB. */
import type { Random } from '../../../framework/index.js';
import { mix, type Colour } from './cover.js';

const [darkSkin, fairSkin]: readonly [Colour, Colour] = [[0.22, 0.13, 0.1], [0.96, 0.8, 0.71]];

const hairs: readonly Colour[] = [
  [0.05, 0.04, 0.04], [0.12, 0.08, 0.06], [0.22, 0.14, 0.09], [0.35, 0.23, 0.14], [0.5, 0.36, 0.22], [0.72, 0.57, 0.37], [0.85, 0.74, 0.55],
  [0.48, 0.2, 0.1], [0.5, 0.5, 0.5], [0.82, 0.82, 0.82],
];

export function anyColour(random: Random): Colour {
  return [random.uniform(), random.uniform(), random.uniform()];
}

/** The skin of somebody. */
export function anySkin(random: Random): Colour {
  return shifted(random, mix(darkSkin, fairSkin, random.uniform()), 0.03);
}

/** Mostly the skin of this person, since hands before a face are their own. */
export function handSkin(random: Random, skin: Colour): Colour {
  if (random.uniform() < 0.2) return anySkin(random);
  const light = random.between(0.8, 1.2);
  return shifted(random, [skin[0] * light, skin[1] * light, skin[2] * light], 0.025);
}

/** A hair colour; one in four has the hue of the skin beside it, as light brown hair may. */
export function hairColour(random: Random, skin: Colour): Colour {
  if (random.uniform() < 0.25) {
    const light = random.between(0.4, 0.95);
    return shifted(random, [skin[0] * light, skin[1] * light * 0.97, skin[2] * light * 0.92], 0.02);
  }
  return random.uniform() < 0.08 ? anyColour(random) : shifted(random, hairs[random.integer(hairs.length)]!, 0.03);
}

/** Cloth: often white, black or grey, also pure white, pale, vivid, or close to skin. */
export function clothColour(random: Random): Colour {
  const draw = random.uniform();
  if (draw < 0.22) return shifted(random, [0.93, 0.93, 0.93], 0.05);
  if (draw < 0.3) return [1, 1, 1];
  if (draw < 0.42) return shifted(random, [0.06, 0.06, 0.07], 0.03);
  if (draw < 0.52) return shifted(random, [0.5, 0.5, 0.5], 0.15);
  if (draw < 0.66) return shifted(random, [0.6, 0.78, 0.88], 0.08);
  if (draw < 0.74) return anySkin(random);
  return anyColour(random);
}

function shifted(random: Random, colour: Colour, deviation: number): Colour {
  return [colour[0] + deviation * random.normal(), colour[1] + deviation * random.normal(), colour[2] + deviation * random.normal()];
}
