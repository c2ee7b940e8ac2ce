/** Reads ICT-FaceKit: one OBJ a mode, all with the vertex order of the neutral mesh. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expressionCount, identityCount } from '../coefficients.js';
import { modelFileError } from './model-file-error.js';
import { readObj } from './obj-positions.js';
import type { RawBasis, RawModel } from './raw-model.js';

/** Its vertices are ordered, so that a region is the first so many of them; all its faces are quads. */
export const ictRegions = {
  face: { vertices: 9409, quads: 9230 },
  narrow: { vertices: 6706, quads: 6560 },
} as const;

export type IctRegion = keyof typeof ictRegions;

/** A blendshape of weight 1 counts as this many standard deviations. */
const deviationsOfFull = 2;
/** Its unit is about a centimetre. */
const decimetres = 0.1;

interface Indices {
  readonly expressions: readonly string[];
  readonly landmarks: Int32Array;
}

/**
 * S = neutral + Σ w (mode − neutral). Identity weights are N(0, 1) as they are; expression weights of 0 to 1 become coefficients of
 * 0 to 2. 80 of its 100 identity modes and all 53 expressions are taken; it brings no albedo.
 *
 * @param folder `FaceXModel` of the repository
 */
export async function readIctFaceKit(folder: string, region: IctRegion): Promise<RawModel> {
  const { vertices, quads } = ictRegions[region];
  const { expressions, landmarks } = await readIndices(join(folder, 'vertex_indices.json'), vertices);
  const neutralPath = join(folder, 'generic_neutral_mesh.obj');
  const neutral = await readObj(neutralPath, vertices, quads);
  const triangles = Int32Array.from(neutral.faces.flatMap((corners) => {
    if (corners.length !== 4 || corners.some((corner) => corner >= vertices)) {
      throw modelFileError(neutralPath, `One of the first ${quads} faces is not a quad of the region "${region}".`, { got: corners.join(', ') });
    }
    const [a, b, c, d] = corners as [number, number, number, number];
    return [a, b, c, a, c, d];
  }));
  const modes = async (names: readonly string[], factor: number): Promise<RawBasis> => {
    const fields: Float32Array[] = [];
    for (const name of names) {
      const { positions } = await readObj(join(folder, `${name}.obj`), vertices, 0);
      fields.push(Float32Array.from(positions, (value, at) => (value - neutral.positions[at]!) * factor));
    }
    return { count: fields.length, mode: (mode) => fields[mode]! };
  };
  const identities = Array.from({ length: identityCount }, (_, mode) => `identity${String(mode).padStart(3, '0')}`);
  return {
    name: `ict-facekit-${region}`,
    triangles,
    meanShape: neutral.positions.map((value) => value * decimetres),
    identity: await modes(identities, decimetres),
    expression: await modes(expressions, decimetres / deviationsOfFull),
    landmarks,
    place: 'five points',
  };
}

async function readIndices(path: string, vertices: number): Promise<Indices> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw modelFileError(path, 'The file cannot be read.', { cause, cure: 'name the folder `FaceXModel` of ICT-FaceKit as `path`' });
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw modelFileError(path, 'The file is not JSON.', { got: (cause as Error).message, cause });
  }
  const { expressions, idx_to_landmark_verts: landmarks } = Object(parsed) as Record<string, unknown>;
  if (!Array.isArray(expressions) || expressions.length > expressionCount || !expressions.every((name) => typeof name === 'string' && /^\w+$/.test(name))) {
    throw modelFileError(path, 'The file lists no names of expressions.', { expected: `at most ${expressionCount} names under "expressions"` });
  }
  if (!Array.isArray(landmarks) || landmarks.length !== 68 || !landmarks.every((vertex) => Number.isInteger(vertex) && vertex >= 0 && vertex < vertices)) {
    throw modelFileError(path, 'The file does not list the 68 landmarks.', { expected: `68 vertices below ${vertices} under "idx_to_landmark_verts"` });
  }
  return { expressions: expressions as string[], landmarks: Int32Array.from(landmarks as number[]) };
}
