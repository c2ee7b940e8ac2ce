/** Mean albedo and albedo modes from randomly painted faces. */
import { randomFor, type Random } from '../../../../framework/index.js';
import { mirrorColours } from './mirror-pairs.js';
import { principalModes, type Modes } from './principal-modes.js';
import type { SkinLayers } from './skin-layers.js';

/** Share of a region's own skin in its colour. */
const ownShare = 0.12;

/** Typical colours of irises and of hair, sRGB. */
const irisColours = [[0.19, 0.13, 0.1], [0.25, 0.18, 0.12], [0.3, 0.27, 0.2], [0.3, 0.35, 0.39], [0.36, 0.4, 0.41]] as const;
const hairColours = [[0.08, 0.06, 0.05], [0.2, 0.13, 0.09], [0.35, 0.24, 0.15], [0.5, 0.38, 0.24], [0.5, 0.48, 0.46]] as const;

/** How much melanin and blood absorb red, green and blue, in the logarithm of sRGB. */
const melanin = [0.55, 0.85, 1.1] as const;
const blood = [-0.02, 0.16, 0.12] as const;

export interface AlbedoModes {
  /** [V*3] in 0..1 */
  readonly mean: Float64Array;
  readonly modes: Modes;
}

/** The mean is that of the shaven faces and the modes are about it, so that zero coefficients show no trace of a beard. */
export function makeAlbedoModes(layers: SkinLayers, mirror: Int32Array, painted: number): AlbedoModes {
  const faces = Array.from({ length: painted }, (_, face) => paintFace(layers, randomFor('makehuman', 'albedo', face)));
  const samples = faces.map(({ colours }) => colours);
  const shaven = faces.filter(({ bearded }) => !bearded);
  const mirrorOf = (field: Float64Array): Float64Array => mirrorColours(field, mirror);
  const sum = new Float64Array(layers.vertexCount * 3);
  for (const { colours } of shaven) for (let at = 0; at < sum.length; at++) sum[at]! += colours[at]! / shaven.length;
  const other = mirrorOf(sum);
  const mean = sum.map((value, at) => (value + other[at]!) / 2);
  for (const sample of samples) for (let at = 0; at < mean.length; at++) sample[at]! -= mean[at]!;
  return { mean, modes: principalModes(samples, mirrorOf, 80) };
}

function paintFace(layers: SkinLayers, random: Random): { readonly colours: Float64Array; readonly bearded: boolean } {
  const colours = mixSkins(layers, random);
  addPigments(layers, random, colours);
  const hair = nearColour(hairColours, random.uniform() ** 1.5, random);
  const density = random.between(0.2, 1.1);
  paintOver(colours, layers.brows[random.integer(layers.brows.length)]!, hair, density);
  const bearded = random.uniform() < 0.3;
  if (bearded) growBeard(layers, random, colours, hair);
  paintEyes(layers, random, colours);
  paintMouth(layers, random, colours);
  for (let at = 0; at < colours.length; at++) colours[at] = Math.min(Math.max(colours[at]!, 0.01), 0.99);
  return { colours, bearded };
}

/** A global mixture of the skins, in each region blended with a skin of its own; this fills the gap between tones. */
function mixSkins(layers: SkinLayers, random: Random): Float64Array {
  const colours = new Float64Array(layers.vertexCount * 3);
  const global = shares(layers.skins.length, random);
  layers.skins.forEach((skin, index) => {
    const weight = (1 - ownShare) * global[index]!;
    for (let at = 0; at < colours.length; at++) colours[at]! += weight * skin[at]!;
  });
  for (const region of layers.regions) addSkin(colours, layers.skins[random.integer(layers.skins.length)]!, region);
  return colours;
}

function addSkin(colours: Float64Array, skin: Float32Array, region: Float32Array): void {
  for (let at = 0, vertex = 0; vertex < region.length; vertex++) {
    const amount = ownShare * region[vertex]!;
    for (let channel = 0; channel < 3; channel++, at++) colours[at]! += amount * skin[at]!;
  }
}

function addPigments(layers: SkinLayers, random: Random, colours: Float64Array): void {
  const tone = 0.24 * random.normal();
  const redness = 0.2 * random.normal();
  const flush = 0.3 * random.normal();
  const lips = [0.18 * random.normal(), 0.6 * random.normal()] as const;
  const tired = 0.18 * random.normal();
  const patches = layers.bumps.map(() => [0.035 * random.normal(), 0.06 * random.normal()] as const);
  for (let vertex = 0; vertex < layers.vertexCount; vertex++) {
    let dark = tone + lips[0] * layers.lips[vertex]! + tired * layers.underEyes[vertex]!;
    let red = redness + flush * layers.flush[vertex]! + lips[1] * layers.lips[vertex]!;
    for (let index = 0; index < patches.length; index++) {
      dark += patches[index]![0] * layers.bumps[index]![vertex]!;
      red += patches[index]![1] * layers.bumps[index]![vertex]!;
    }
    for (let channel = 0; channel < 3; channel++) colours[vertex * 3 + channel]! *= Math.exp(-dark * melanin[channel]! - red * blood[channel]!);
  }
}

function growBeard(layers: SkinLayers, random: Random, colours: Float64Array, hair: readonly number[]): void {
  const stubble = random.between(0.05, 0.5);
  for (let vertex = 0; vertex < layers.vertexCount; vertex++) blend(colours, vertex, hair, stubble * layers.stubble[vertex]!);
  if (random.uniform() < 0.5) paintOver(colours, layers.beards[0]!, hair, random.between(0.3, 1));
  if (random.uniform() < 0.5) paintOver(colours, layers.beards[1]!, hair, random.between(0.3, 1));
}

/** Brown eyes are the most common; the white of the eye is darker than paper and lies in the shade of the upper lid and the corners. */
function paintEyes(layers: SkinLayers, random: Random, colours: Float64Array): void {
  const iris = nearColour(irisColours, random.uniform() ** 2, random);
  const white = random.between(0.54, 0.74);
  const sclera = [white, white * 0.94, white * 0.91];
  const pupil = [0.03, 0.03, 0.03];
  const lash = random.between(0.25, 0.75);
  for (let vertex = 0; vertex < layers.vertexCount; vertex++) {
    const ring = layers.iris[vertex]!;
    const [across, up] = [layers.gridPlace[vertex * 2]!, layers.gridPlace[vertex * 2 + 1]!];
    const shade = (1 - 0.5 * ramp(up, 0.55, 0.85)) * (1 - 0.35 * ramp(Math.abs(across - 0.5), 0.2, 0.42));
    const eye = [0, 1, 2].map((channel) =>
      shade * (ring <= 1 ? sclera[channel]! + ring * (iris[channel]! - sclera[channel]!) : iris[channel]! + (ring - 1) * (pupil[channel]! - iris[channel]!)),
    );
    blend(colours, vertex, eye, layers.eye[vertex]!);
    blend(colours, vertex, [0.08, 0.06, 0.05], lash * layers.lash[vertex]!);
  }
}

/** Upper teeth between gum and edge, which fade towards the corners; behind them the dark of the mouth, then the tongue. */
function paintMouth(layers: SkinLayers, random: Random, colours: Float64Array): void {
  const level = random.between(0.55, 0.8);
  const tooth = [level, level * 0.95, level * 0.87];
  const dark = random.between(0.6, 1.4);
  for (let vertex = 0; vertex < layers.vertexCount; vertex++) {
    const [across, up] = [layers.gridPlace[vertex * 2]!, layers.gridPlace[vertex * 2 + 1]!];
    const teeth = ramp(up, 0.5, 0.58) * ramp(1 - up, 0.08, 0.16) * ramp(0.5 - Math.abs(across - 0.5), 0.03, 0.2);
    const tongue = ramp(0.42 - up, 0, 0.2) * ramp(0.5 - Math.abs(across - 0.5), 0.05, 0.2);
    const inside = [[0.16, 0.42], [0.06, 0.17], [0.055, 0.16]].map(([hollow, flesh], channel) => {
      const soft = dark * (hollow! + Math.max(tongue, ramp(up, 0.86, 0.95)) * (flesh! - hollow!));
      return soft + teeth * (tooth[channel]! - soft);
    });
    blend(colours, vertex, inside, layers.mouthInside[vertex]!);
  }
}

/** 0 up to `low`, 1 from `high`, linear between. */
function ramp(value: number, low: number, high: number): number {
  return Math.min(Math.max((value - low) / (high - low), 0), 1);
}

/** Lays hair of one colour over the skin; the proxy's own brightness only shades it. */
function paintOver(colours: Float64Array, cover: Float32Array, hair: readonly number[], density: number): void {
  for (let vertex = 0; vertex < cover.length / 4; vertex++) blend(colours, vertex, hair, Math.min(1, density * cover[vertex * 4 + 3]!));
}

function blend(colours: Float64Array, vertex: number, colour: readonly number[], amount: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const at = vertex * 3 + channel;
    colours[at] = colours[at]! + amount * (colour[channel]! - colours[at]!);
  }
}

function nearColour(list: readonly (readonly number[])[], place: number, random: Random): number[] {
  const at = Math.min(place, 0.9999) * (list.length - 1);
  const [low, high] = [list[Math.floor(at)]!, list[Math.floor(at) + 1]!];
  const level = Math.exp(0.15 * random.normal());
  return low.map((value, channel) => (value + (at - Math.floor(at)) * (high[channel]! - value)) * level);
}

/** Non-negative shares that sum to 1, most of them small. */
function shares(count: number, random: Random): number[] {
  const raw = Array.from({ length: count }, () => random.uniform() ** 6);
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
}
