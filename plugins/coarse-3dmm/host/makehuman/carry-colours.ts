import { makeControlMesh } from './control-mesh.js';
import { makeLevelMesh } from './level-mesh.js';
import type { Level } from './levels.js';
import { readBaseMesh } from './makehuman-files.js';

/** The level at which colours are made and stored. */
export const colourLevel: Level = 'small';

/**
 * A field of colours of the level `small`, carried to another: coarser levels are the first vertices of finer ones, finer levels take
 * means along edges and over faces.
 *
 * @param field [V*channels] of level `small`
 */
export function carryColours(level: Level, field: Float32Array, channels: number): Float32Array {
  return Float32Array.from(makeLevelMesh(level, makeControlMesh(readBaseMesh())).fromFirst(field, channels));
}
