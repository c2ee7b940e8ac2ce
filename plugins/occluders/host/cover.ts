/** What may lie over a face, in coordinates that belong to the face. */
import type { Random } from '../../../framework/index.js';
import type { FaceFrame, Point } from '../../preprocess/index.js';

export type Colour = readonly [number, number, number];

/** What a cover is drawn from. */
export interface Scene {
  readonly random: Random;
  readonly frame: FaceFrame;
  /** A point of the face mesh in the frame's coordinates. */
  readonly at: (landmark: number) => Point;
  /** Length of a pixel in the frame's units. */
  readonly pixel: number;
  /** Mean colour of this person's skin. */
  readonly skin: Colour;
}

/**
 * The cover at a point (u, v) of the face frame: writes r, g, b (0 … 1) and the opacity into `out`. Where the opacity is above ½ the face
 * is hidden. The point's opacity is 0 outside of the cover.
 */
export type Cover = (u: number, v: number, out: Float32Array) => void;

/** Opacity of an area from the signed distance to its border (negative inside), one pixel soft. */
export function opacityAt(distance: number, pixel: number): number {
  return clamp(0.5 - distance / pixel);
}

/** The value within 0 … 1. */
export function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** Writes a colour times `light`, and an opacity. */
export function put(out: Float32Array, colour: Colour, light: number, opacity: number): void {
  out[0] = clamp(colour[0] * light);
  out[1] = clamp(colour[1] * light);
  out[2] = clamp(colour[2] * light);
  out[3] = opacity;
}

export function mix(first: Colour, second: Colour, share: number): Colour {
  return [first[0] + share * (second[0] - first[0]), first[1] + share * (second[1] - first[1]), first[2] + share * (second[2] - first[2])];
}
