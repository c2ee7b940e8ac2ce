/** Derives Deep3D's front model from the files of the Basel model of 2009 and of its expressions, as Deep3D does on first use. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { albedoCount, expressionCount, identityCount } from '../coefficients.js';
import { frontTopology, frontVertices, topologyMatrices, zeroBased } from './bfm-info.js';
import { withFile } from './checked-file.js';
import { readMatFile } from './mat-file.js';
import { modelFileError } from './model-file-error.js';
import type { RawBasis, RawModel } from './raw-model.js';

/** Vertices of the whole head, and of the part that expressions move. */
export const headVertices = 53490;
export const expressionVertices = 53215;
const headModes = 199;
const expressionModes = 79;
/** Micrometres in a decimetre. */
const micrometres = 1e5;

export const derivedFiles = {
  head: '01_MorphableModel.mat', expressions: 'Exp_Pca.bin', deviations: 'std_exp.txt', topology: 'facemodel_info.mat',
  frontOfExpressions: 'BFM_front_idx.mat', expressionsOfHead: 'BFM_exp_idx.mat',
} as const;

/**
 * meanshape = shapeMU / 1e5, idBase = shapePC · shapeEV / 1e5, exBase = expPC · std / 1e5, texBase = texPC · texEV, on the rows of
 * the front: row trimIndex[idx] of the head, row idx of the expressions. `*EV` are standard deviations.
 *
 * @param folder holds the six files of `derivedFiles`
 * @throws FlowError when one is missing, damaged or of another size
 */
export async function deriveBfmFront(folder: string): Promise<RawModel> {
  const at = (name: keyof typeof derivedFiles): string => join(folder, derivedFiles[name]);
  const { idx } = await readMatFile(at('frontOfExpressions'), { idx: { rows: frontVertices, columns: 1 } });
  const { trimIndex } = await readMatFile(at('expressionsOfHead'), { trimIndex: { rows: expressionVertices, columns: 1 } });
  const ofExpressions = zeroBased(at('frontOfExpressions'), 'idx', idx, expressionVertices);
  const toHead = zeroBased(at('expressionsOfHead'), 'trimIndex', trimIndex, headVertices);
  const ofHead = ofExpressions.map((row) => toHead[row]!);
  const topology = frontTopology(at('topology'), await readMatFile(at('topology'), topologyMatrices));
  const deviations = await readDeviations(at('deviations'));
  const head = await readMatFile(at('head'), {
    shapeMU: { rows: headVertices * 3, columns: 1 },
    shapePC: { rows: headVertices * 3, columns: headModes, leading: identityCount },
    shapeEV: { rows: headModes, columns: 1 },
    texMU: { rows: headVertices * 3, columns: 1 },
    texPC: { rows: headVertices * 3, columns: headModes, leading: albedoCount },
    texEV: { rows: headModes, columns: 1 },
  });
  const headBasis = (columns: ArrayLike<number>, factors: ArrayLike<number>, unit: number, count: number): RawBasis => ({
    count, mode: (mode) => pick(columns, mode * headVertices * 3, ofHead, factors[mode]! / unit),
  });
  return {
    name: 'bfm-2009',
    ...topology,
    meanShape: pick(head.shapeMU, 0, ofHead, 1 / micrometres),
    identity: headBasis(head.shapePC, head.shapeEV, micrometres, identityCount),
    expression: await readExpressions(at('expressions'), ofExpressions, deviations),
    albedo: { mean: pick(head.texMU, 0, ofHead, 1 / 255), basis: headBasis(head.texPC, head.texEV, 255, albedoCount) },
    place: 'mean of vertices',
  };
}

/** One int32 (79), the mean (unused), then a component after the other, float32. */
async function readExpressions(path: string, rows: Int32Array, deviations: readonly number[]): Promise<RawBasis> {
  const component = expressionVertices * 3 * 4;
  const expected = 4 + component * (expressionModes + 1);
  return withFile(path, async (file) => {
    const count = (await file.read(0, 4)).readInt32LE(0);
    if (count !== expressionModes || file.size !== expected) {
      throw modelFileError(path, 'The file is not Exp_Pca.bin of the CoarseData of Juyong/3DFace.', {
        expected: `${expressionModes} components, ${expected} bytes`, got: `${count} components, ${file.size} bytes`, cure: 'fetch the file again',
      });
    }
    const bytes = await file.read(4 + component, component * expressionCount);
    const values = new Float32Array(Uint8Array.from(bytes).buffer);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw modelFileError(path, 'The file holds a number that is not finite.', { got: `${values[wrong]} at place ${wrong}` });
    return { count: expressionCount, mode: (mode) => pick(values, mode * expressionVertices * 3, rows, deviations[mode]! / micrometres) };
  });
}

async function readDeviations(path: string): Promise<number[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw modelFileError(path, 'The file cannot be read.', { cause, cure: 'put std_exp.txt of Deep3D beside the other files' });
  });
  const numbers = text.slice(0, 1 << 16).trim().split(/\s+/).map(Number);
  if (numbers.length !== expressionModes || !numbers.every((value) => Number.isFinite(value) && value > 0)) {
    throw modelFileError(path, 'The file does not hold the standard deviations of the expressions.', {
      expected: `${expressionModes} positive numbers`, got: `${numbers.length} entries`,
    });
  }
  return numbers;
}

/** Rows of vertices of a column that starts at `start`, times a factor. */
function pick(values: ArrayLike<number>, start: number, vertices: Int32Array, factor: number): Float64Array {
  const field = new Float64Array(vertices.length * 3);
  for (let at = 0; at < field.length; at++) field[at] = values[start + vertices[Math.floor(at / 3)]! * 3 + (at % 3)]! * factor;
  return field;
}
