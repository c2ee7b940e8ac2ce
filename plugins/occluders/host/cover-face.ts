/** A photo of a face whose visible skin is known, with something laid over it. */
import type { Random } from '../../../framework/index.js';
import type { HandMesh } from '../../coarse-3dmm/index.js';
import { faceFrameOf, maskInside, type FaceFrame } from '../../preprocess/index.js';
import { blur } from './blur.js';
import type { Colour, Cover, Scene } from './cover.js';
import { cutOut, type CutOut } from './cut-outs.js';
import { beard } from './kinds/beard.js';
import { cloth } from './kinds/cloth.js';
import { faceMask } from './kinds/face-mask.js';
import { glasses } from './kinds/glasses.js';
import { hair } from './kinds/hair.js';
import { hand } from './kinds/hand.js';
import { modelledHand } from './kinds/modelled-hand.js';
import { object } from './kinds/object.js';

const drawn = { hand, hair, glasses, mask: faceMask, cloth, object } as const;

export type CoverKind = keyof typeof drawn | 'cutout';

export const coverKinds: readonly CoverKind[] = ['hand', 'hair', 'glasses', 'mask', 'cloth', 'object', 'cutout'];

/** All pictures have the same side: `image` [size, size, 3] in 0 … 1, the others [size, size] in 0 … 1. */
export interface LabelledFace {
  readonly image: Float32Array;
  /** 1 where skin of the face is visible. */
  readonly mask: Float32Array;
  /** How much is known of each pixel. */
  readonly weight: Float32Array;
}

export interface CoveredFace extends LabelledFace {
  /** 1 where something was laid over the contour of the face. */
  readonly cover: Float32Array;
  /** The first thing laid over it; `none` for a face that was left bare. */
  readonly kind: CoverKind | 'none';
}

/** What is read once and laid over many faces. */
export interface CoverThings {
  readonly cutOuts: readonly CutOut[];
  readonly hand: HandMesh;
}

export interface CoverOptions {
  readonly kinds: readonly CoverKind[];
  /** Share of faces left bare. */
  readonly bare: number;
  /** Share of covered faces with a second cover. */
  readonly second: number;
  /** Share of faces that get a beard, which counts as face. */
  readonly beards: number;
}

/**
 * Lays covers over a face. Pixels of a cover leave the mask and are known; all others keep colour, mask and weight, but for a soft shadow
 * beside some covers, which changes colours alone. `landmarks` is [468, 2] in pixels. A function of the generator and its arguments.
 */
export function coverFace(face: LabelledFace, landmarks: Float32Array, size: number, random: Random, things: CoverThings, options: CoverOptions): CoveredFace {
  const frame = faceFrameOf(landmarks);
  const skin = meanSkin(face);
  const sceneOf = (name: string): Scene => ({
    random: random.fork(name), frame, skin, pixel: 1 / frame.size, at: (landmark) => frame.toFace([landmarks[2 * landmark], landmarks[2 * landmark + 1]]),
  });
  const result = { image: Float32Array.from(face.image), mask: Float32Array.from(face.mask), weight: Float32Array.from(face.weight) };
  const hidden = new Float32Array(size * size);
  if (random.uniform() < options.beards) paint(result.image, layer(beard(sceneOf('beard')), frame, size));
  const kinds = options.kinds.filter((kind) => kind !== 'cutout' || things.cutOuts.length > 0);
  const count = random.uniform() < options.bare || kinds.length === 0 ? 0 : random.uniform() < options.second ? 2 : 1;
  const chosen = Array.from({ length: count }, () => kinds[random.integer(kinds.length)]!);
  chosen.forEach((kind, index) => {
    const scene = sceneOf(`${kind} ${index}`);
    const cover = coverOf(kind, scene, things);
    const pixels = layer(cover, frame, size);
    castShadow(result.image, pixels, size, random.fork('shadow', index));
    paint(result.image, pixels);
    for (let pixel = 0; pixel < hidden.length; pixel++) hidden[pixel] = Math.max(hidden[pixel], pixels[4 * pixel + 3]);
  });
  const inside = maskInside(hidden.map((opacity) => (opacity > 0.5 ? 1 : 0)), landmarks, size);
  return { ...result, ...relabel(result, hidden), cover: inside.map((share) => (share > 0.5 ? 1 : 0)), kind: chosen[0] ?? 'none' };
}

/** Three hands in four are modelled, the others drawn. */
function coverOf(kind: CoverKind, scene: Scene, { cutOuts, hand: mesh }: CoverThings): Cover {
  if (kind === 'cutout') return cutOut(scene, cutOuts[scene.random.integer(cutOuts.length)]!);
  if (kind === 'hand' && scene.random.uniform() < 0.75) return modelledHand(scene, mesh);
  return drawn[kind](scene);
}

/** Hidden pixels are known not to be skin; what shines through a half-transparent border is not judged. */
function relabel({ mask, weight }: LabelledFace, hidden: Float32Array): Pick<LabelledFace, 'mask' | 'weight'> {
  return {
    mask: mask.map((value, pixel) => (hidden[pixel] > 0.5 ? 0 : value)),
    weight: weight.map((value, pixel) => (hidden[pixel] > 0.5 ? 1 : hidden[pixel] > 0.3 ? 0 : value)),
  };
}

/** The cover as a picture, [size, size, 4]. */
function layer(cover: Cover, frame: FaceFrame, size: number): Float32Array {
  const pixels = new Float32Array(4 * size * size);
  const out = new Float32Array(4);
  // The frame is a similarity: one step to the right and one down say all.
  const [[u, v], [right, turned]] = [frame.toFace([0.5, 0.5]), frame.toFace([1.5, 0.5])];
  const [along, aside] = [right - u, turned - v];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      cover(u + along * column - aside * row, v + aside * column + along * row, out);
      if (out[3] === 0) continue;
      const to = 4 * (row * size + column);
      for (let channel = 0; channel < 4; channel++) pixels[to + channel] = out[channel];
    }
  }
  return pixels;
}

function paint(image: Float32Array, pixels: Float32Array): void {
  for (let pixel = 0; 4 * pixel < pixels.length; pixel++) {
    const opacity = pixels[4 * pixel + 3];
    for (let channel = 0; channel < 3; channel++) image[3 * pixel + channel] += opacity * (pixels[4 * pixel + channel] - image[3 * pixel + channel]);
  }
}

/** Half of the covers darken what lies beside them, as things do that stand a little off the face. */
function castShadow(image: Float32Array, pixels: Float32Array, size: number, random: Random): void {
  if (random.uniform() < 0.5) return;
  const [strength, radius] = [random.between(0.1, 0.55), 1 + random.integer(Math.max(1, Math.round(size / 28)))];
  const [right, down] = [0, 1].map(() => Math.round(random.between(-0.04, 0.04) * size)) as [number, number];
  const opacity = Float32Array.from({ length: size * size }, (_, pixel) => pixels[4 * pixel + 3]);
  const soft = blur(blur(opacity, size, radius), size, radius);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const fromRow = row - down;
      const fromColumn = column - right;
      if (fromRow < 0 || fromColumn < 0 || fromRow >= size || fromColumn >= size) continue;
      const light = 1 - strength * soft[fromRow * size + fromColumn];
      for (let channel = 0; channel < 3; channel++) image[3 * (row * size + column) + channel] *= light;
    }
  }
}

function meanSkin({ image, mask }: LabelledFace): Colour {
  const sum = [0, 0, 0];
  let total = 1e-6;
  mask.forEach((share, pixel) => {
    total += share;
    for (let channel = 0; channel < 3; channel++) sum[channel]! += share * image[3 * pixel + channel];
  });
  return [sum[0]! / total, sum[1]! / total, sum[2]! / total];
}
