/** Reads the Basel models of 2017 and 2019 (`.h5`, statismo's layout). */
import { access } from 'node:fs/promises';
import { Dataset, File, ready } from 'h5wasm/node';
import { FlowError } from '../../../../framework/index.js';
import { albedoCount, expressionCount, identityCount } from '../coefficients.js';
import { modelFileError } from './model-file-error.js';
import { columnBasis, type RawBasis, type RawModel } from './raw-model.js';

/** Millimetres in a decimetre. */
const millimetres = 100;

/**
 * S = shape mean + expression mean + Σ α √λ u + Σ β √λ u: `pcaVariance` holds variances, `pcaBasis` unit modes in columns.
 * Lengths are in millimetres, colours in 0..1. The noise variance is not used.
 *
 * @param counts vertices and triangles that the pipeline was checked with
 * @throws FlowError when the file is missing, damaged, or of another size
 */
export async function readBfmH5(path: string, counts: { readonly vertices: number; readonly triangles: number }): Promise<RawModel> {
  await access(path).catch((cause: unknown) => {
    throw new FlowError('FLOW_FILE_MISSING', { who: path, message: `The file ${path} cannot be opened.`, cause, cure: 'check the option `path` of the face model' });
  });
  (await ready).activate_throwing_error_handler();
  const file = openFile(path);
  try {
    const rows = counts.vertices * 3;
    const shapeMean = readArray(file, path, 'shape/model/mean', [rows]);
    const expressionMean = readArray(file, path, 'expression/model/mean', [rows]);
    return {
      name: 'bfm-h5',
      triangles: readCells(file, path, counts),
      meanShape: Float64Array.from(shapeMean, (value, at) => (value + expressionMean[at]!) / millimetres),
      identity: readBasis(file, path, 'shape', rows, identityCount, 1 / millimetres),
      expression: readBasis(file, path, 'expression', rows, expressionCount, 1 / millimetres),
      albedo: { mean: readArray(file, path, 'color/model/mean', [rows]), basis: readBasis(file, path, 'color', rows, albedoCount, 1) },
      place: 'five points',
    };
  } catch (cause) {
    if (cause instanceof FlowError) throw cause;
    throw modelFileError(path, 'The HDF5 file is damaged.', { got: String(cause), cure: 'fetch the file again', cause });
  } finally {
    closeQuietly(file);
  }
}

/** A damaged file may not even close. */
function closeQuietly(file: File): void {
  try {
    file.close();
  } catch {
    // What is wrong with it has been reported.
  }
}

function openFile(path: string): File {
  try {
    const file = new File(path, 'r');
    if (file.file_id < 0n) throw new Error('HDF5 does not know the format');
    return file;
  } catch (cause) {
    throw modelFileError(path, 'The file is not HDF5, or is damaged.', { got: (cause as Error).message, cure: 'fetch the file again', cause });
  }
}

function readBasis(file: File, path: string, model: string, rows: number, count: number, unit: number): RawBasis {
  const basisName = `${model}/model/pcaBasis`;
  const [, columns = 0] = shapeOf(file, path, basisName);
  if (columns < 1 || columns > 10_000) throw modelFileError(path, `${basisName} has no modes.`, { got: `${columns} columns` });
  const variances = readArray(file, path, `${model}/model/pcaVariance`, [columns]);
  const kept = Math.min(columns, count);
  const wrong = variances.findIndex((value) => value < 0);
  if (wrong >= 0) throw modelFileError(path, `${model}/model/pcaVariance holds a negative variance.`, { got: `${variances[wrong]} at place ${wrong}` });
  const values = readArray(file, path, basisName, [rows, columns], kept);
  const modes = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row++) for (let mode = 0; mode < kept; mode++) modes[mode * rows + row] = values[row * kept + mode]!;
  return columnBasis(modes, rows, Array.from({ length: kept }, (_, mode) => Math.sqrt(variances[mode]!) * unit));
}

/** [3, F] in the files of the model; [F, 3] is taken too. */
function readCells(file: File, path: string, { vertices, triangles }: { readonly vertices: number; readonly triangles: number }): Int32Array {
  const name = 'shape/representer/cells';
  const across = shapeOf(file, path, name)[0] === 3;
  const cells = readArray(file, path, name, across ? [3, triangles] : [triangles, 3]);
  const wrong = cells.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= vertices);
  if (wrong >= 0) throw modelFileError(path, `${name} names a vertex that does not exist.`, { expected: `0 to ${vertices - 1}`, got: `${cells[wrong]}` });
  return Int32Array.from(cells, (_, at) => (across ? cells[(at % 3) * triangles + Math.floor(at / 3)]! : cells[at]!));
}

function shapeOf(file: File, path: string, name: string): readonly number[] {
  const entity = file.get(name);
  if (!(entity instanceof Dataset)) throw modelFileError(path, `The file has no ${name}.`, { cure: 'check that it is a Basel model with expressions and colours' });
  return entity.shape ?? [];
}

/** The numbers of a dataset whose size has been checked; with `columns` only the first columns of a matrix. */
function readArray(file: File, path: string, name: string, shape: readonly number[], columns?: number): Float32Array | Float64Array | Int32Array | Uint32Array {
  const got = shapeOf(file, path, name);
  const total = (extents: readonly number[]): number => extents.reduce((product, extent) => product * extent, 1);
  if (shape.length === 1 ? total(got) !== shape[0] : got.join() !== shape.join()) {
    throw modelFileError(path, `${name} has another size.`, {
      expected: shape.join(' x '), got: got.join(' x '), cure: 'set the options `vertices` and `triangles` to those of the file',
    });
  }
  const dataset = file.get(name) as Dataset;
  let values: unknown;
  try {
    values = columns === undefined ? dataset.value : dataset.slice([[0, shape[0]!], [0, columns]]);
  } catch (cause) {
    throw modelFileError(path, `${name} cannot be read.`, { got: (cause as Error).message, cure: 'fetch the file again', cause });
  }
  if (!(values instanceof Float32Array || values instanceof Float64Array || values instanceof Int32Array || values instanceof Uint32Array)) {
    throw modelFileError(path, `${name} does not hold numbers.`, { got: String(dataset.dtype) });
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw modelFileError(path, `${name} holds a number that is not finite.`, { got: `${values[wrong]} at place ${wrong}`, cure: 'fetch the file again' });
  return values;
}
