/** Reads the first vertices and faces of Wavefront OBJ files. */
import { withFile } from './checked-file.js';
import { modelFileError } from './model-file-error.js';

/** Larger than any mesh of a face. */
const largestFile = 1 << 26;

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
  for (const line of linesOf(await readText(path))) {
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

async function readText(path: string): Promise<string> {
  return withFile(path, async (file) => {
    if (file.size > largestFile) throw modelFileError(path, 'The file is too large for a mesh of a face.', { expected: `at most ${largestFile} bytes`, got: `${file.size}` });
    return (await file.read(0, file.size)).toString('latin1');
  });
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
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
