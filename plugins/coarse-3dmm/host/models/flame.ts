/** Reads a FLAME model that `scripts/convert-flame.py` turned into safetensors. */
import { decodeSafetensors, type HostTensor } from '../../../../framework/index.js';
import { expressionCount, identityCount } from '../coefficients.js';
import { withFile } from './checked-file.js';
import { modelFileError } from './model-file-error.js';
import type { RawBasis, RawModel } from './raw-model.js';

export const flameVertices = 5023;
export const flameTriangles = 9976;

const shapeModes = 300;
/** Expression modes that leave room for those of the jaw. */
const expressionModes = expressionCount - 3;
const jaw = 2;
/** Deviations of the jaw about x (opens), y (to the side) and z, radians. */
const jawDeviations = [0.12, 0.04, 0.03] as const;
/** Decimetres in a metre. */
const decimetres = 10;
const largestFile = 1 << 28;

/**
 * Identity: the first 80 of 300 shape modes, which are in standard deviations already. Expression: the first 61 of 100 modes, then three
 * of the jaw, its rotation linearised at rest:
 *
 *     dv = w_jaw (ω × (v − J)) + P_jaw vec[ω]ₓ
 *
 * with J the joint, w its skinning weights and P_jaw the nine corrective blendshapes of its rotation. Neck and eyes keep still.
 * FLAME's shape has no albedo.
 *
 * @throws FlowError when the file is missing, damaged or of another model
 */
export async function readFlame(path: string): Promise<RawModel> {
  const tensors = await readTensors(path);
  const take = (name: string, shape: readonly number[]): HostTensor['data'] => takeTensor(path, tensors, name, shape);
  const template = take('v_template', [flameVertices, 3]);
  const directions = take('shapedirs', [flameVertices, 3, shapeModes + 100]);
  const meanShape = Float64Array.from(template, (value) => value * decimetres);
  const field = (mode: number): Float32Array => Float32Array.from(meanShape, (_, at) => directions[at * (shapeModes + 100) + mode]! * decimetres);
  const jawModes = jawDeviations.map((deviation, axis) => jawMode(
    meanShape, take('posedirs', [flameVertices, 3, 36]), take('J_regressor', [5, flameVertices]), take('weights', [flameVertices, 5]), axis, deviation,
  ));
  const expression: RawBasis = {
    count: expressionCount, mode: (mode) => (mode < expressionModes ? field(shapeModes + mode) : jawModes[mode - expressionModes]!),
  };
  return {
    name: 'flame',
    triangles: indices(path, 'faces', take('faces', [flameTriangles, 3])),
    meanShape,
    identity: { count: identityCount, mode: field },
    expression,
    landmarks: indices(path, 'landmarks', take('landmarks', [68])),
    place: 'five points',
  };
}

function jawMode(
  rest: Float64Array, posedirs: ArrayLike<number>, regressor: ArrayLike<number>, weights: ArrayLike<number>, axis: number, deviation: number,
): Float64Array {
  const joint = [0, 0, 0];
  for (let at = 0; at < rest.length; at++) joint[at % 3]! += regressor[jaw * flameVertices + Math.floor(at / 3)]! * rest[at]!;
  const [x, y, z] = [0, 1, 2].map((each) => (each === axis ? deviation : 0)) as [number, number, number];
  const skew = [0, -z, y, z, 0, -x, -y, x, 0];
  return Float64Array.from(rest, (_, at) => {
    const vertex = Math.floor(at / 3);
    const row = (at % 3) * 3;
    let moved = 0;
    for (let k = 0; k < 3; k++) moved += skew[row + k]! * (rest[vertex * 3 + k]! - joint[k]!);
    let corrected = 0;
    for (let k = 0; k < 9; k++) corrected += posedirs[at * 36 + (jaw - 1) * 9 + k]! * skew[k]!;
    return weights[vertex * 5 + jaw]! * moved + corrected * decimetres;
  });
}

async function readTensors(path: string): Promise<ReadonlyMap<string, HostTensor>> {
  const bytes = await withFile(path, (file) => {
    if (file.size > largestFile) throw modelFileError(path, 'The file is too large for a FLAME model.', { expected: `at most ${largestFile} bytes`, got: `${file.size}` });
    return file.read(0, file.size);
  });
  try {
    return decodeSafetensors(bytes).tensors;
  } catch (cause) {
    throw modelFileError(path, 'The file is not a safetensors file, or is damaged.', {
      got: (cause as Error).message, cure: 'convert FLAME\'s pickle with plugins/coarse-3dmm/scripts/convert-flame.py', cause,
    });
  }
}

function takeTensor(path: string, tensors: ReadonlyMap<string, HostTensor>, name: string, shape: readonly number[]): HostTensor['data'] {
  const tensor = tensors.get(name);
  if (tensor?.shape.join() !== shape.join()) {
    throw modelFileError(path, `The file has no ${name} of the size of FLAME.`, {
      expected: shape.join(' x '), got: tensor ? tensor.shape.join(' x ') : 'nothing', cure: 'convert it again with plugins/coarse-3dmm/scripts/convert-flame.py',
    });
  }
  const wrong = tensor.data.findIndex((value: number) => !Number.isFinite(value));
  if (wrong >= 0) throw modelFileError(path, `${name} holds a number that is not finite.`, { got: `${tensor.data[wrong]} at place ${wrong}` });
  return tensor.data;
}

function indices(path: string, name: string, values: HostTensor['data']): Int32Array {
  const wrong = values.findIndex((value: number) => value < 0 || value >= flameVertices || !Number.isInteger(value));
  if (wrong >= 0) throw modelFileError(path, `${name} names a vertex that does not exist.`, { expected: `0 to ${flameVertices - 1}`, got: `${values[wrong]}` });
  return Int32Array.from(values);
}
