import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FlowError } from '../../../../framework/index.js';
import type { ListedPhoto, Split } from '../listed-photo.js';
import { readCsv } from '../read-csv.js';

const splits: readonly string[] = ['train', 'validation', 'test'] satisfies Split[];
const known = new Set(['file', 'identity', 'split', 'set', 'landmarks5', 'landmarks68', 'pose']);

/**
 * The photos of a CSV index with the columns file, identity, split, set, landmarks5, landmarks68, pose (numbers with spaces between them:
 * continuous pixels, radians); further columns are labels. Paths start at the index. Throws FLOW_FILE_MISSING without the column `file`.
 */
export async function listIndex(index: string): Promise<ListedPhoto[]> {
  const rows = readCsv(await readFile(index, 'utf8'));
  if (rows.length > 0 && !('file' in rows[0])) {
    throw new FlowError('FLOW_FILE_MISSING', {
      message: `The index ${index} has no column "file".`, expected: 'columns file, identity, split', got: Object.keys(rows[0]).join(', '),
      cure: 'name the columns in the first line of the index',
    });
  }
  return rows.map((row) => ({
    name: row.file,
    file: resolve(dirname(index), row.file),
    identity: row.identity ?? '',
    set: row.set,
    split: splits.includes(row.split) ? (row.split as Split) : undefined,
    landmarks5: numbersIn(row.landmarks5, 10),
    landmarks68: numbersIn(row.landmarks68, 136),
    pose: numbersIn(row.pose, 3) as ListedPhoto['pose'],
    labels: Object.fromEntries(Object.entries(row).filter(([column, value]) => !known.has(column) && value !== '')),
  }));
}

/** Undefined unless the cell holds exactly so many numbers. */
function numbersIn(cell: string | undefined, count: number): readonly number[] | undefined {
  const numbers = (cell ?? '').split(/\s+/).filter((word) => word !== '').map(Number);
  return numbers.length === count && numbers.every(Number.isFinite) ? numbers : undefined;
}
