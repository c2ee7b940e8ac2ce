/** Reads the first vertices and faces of Wavefront OBJ files. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { FlowError } from '../../../../framework/index.js';
import { modelFileError } from './model-file-error.js';

/** Longer than any line of a mesh with four corners. */
const longestLine = 400;

export interface ObjPart {
  /** [vertices*3] */
  readonly positions: Float64Array;
  /** Corner lists of the first faces, from 0. */
  readonly faces: readonly (readonly number[])[];
}

/**
 * Reads until it has as many vertices and faces as are asked for, and no further.
 *
 * @throws FlowError when the file is missing, has too few of either, or a line that is not what it begins as
 */
export async function readObj(path: string, vertices: number, faces: number): Promise<ObjPart> {
  const positions = new Float64Array(vertices * 3);
  const corners: number[][] = [];
  let count = 0;
  for await (const line of linesOf(path)) {
    if (line.length > longestLine) throw modelFileError(path, 'The file has a line that no OBJ of this model has.', { got: `${line.length} characters` });
    if (line.startsWith('v ') && count < vertices) positions.set(numbersOf(path, line), 3 * count++);
    else if (line.startsWith('f ') && corners.length < faces) corners.push(cornersOf(path, line));
    if (count === vertices && corners.length === faces) break;
  }
  if (count < vertices || corners.length < faces) {
    throw modelFileError(path, 'The OBJ file has too few vertices or faces.', {
      expected: `at least ${vertices} vertices and ${faces} faces`, got: `${count} and ${corners.length}`, cure: 'check that it is a file of this model, and whole',
    });
  }
  return { positions, faces: corners };
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, { encoding: 'latin1' });
  try {
    yield* createInterface({ input: stream, crlfDelay: Infinity });
  } catch (cause) {
    throw new FlowError('FLOW_FILE_MISSING', { who: path, message: `The file ${path} cannot be read.`, cause, cure: 'check the option `path` of the face model' });
  } finally {
    stream.destroy();
  }
}

function numbersOf(path: string, line: string): number[] {
  const numbers = line.slice(2).trim().split(/\s+/, 3).map(Number);
  if (numbers.length < 3 || !numbers.every(Number.isFinite)) throw modelFileError(path, 'A vertex is not three finite numbers.', { got: line.slice(0, 80) });
  return numbers;
}

function cornersOf(path: string, line: string): number[] {
  const corners = line.slice(2).trim().split(/\s+/).map((corner) => Number(corner.split('/', 1)[0]) - 1);
  if (corners.length < 3 || corners.length > 4 || !corners.every((corner) => Number.isInteger(corner) && corner >= 0)) {
    throw modelFileError(path, 'A face is not three or four vertex numbers.', { got: line.slice(0, 80) });
  }
  return corners;
}
