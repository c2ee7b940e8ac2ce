/**
 * A patch of quads that closes a loop of vertices: a grid of `columns` x `rows` cells whose border is the loop, with
 * interior vertices at harmonic averages of the border (the discrete Laplace equation on the grid). No pole, no crack.
 */
export interface GridPatch {
  readonly columns: number;
  readonly rows: number;
  /** The loop in order: along the bottom (`columns` steps), up, back along the top, down. Length 2 (columns + rows). */
  readonly border: Int32Array;
  /** Number of the first interior vertex; they are numbered row by row. */
  readonly firstInterior: number;
  /** [interior, border] weights; every row sums to 1. */
  readonly weights: readonly Float64Array[];
  /** [cells*4] vertex numbers, in the winding of the border. */
  readonly quads: Int32Array;
}

export function makeGridPatch(border: readonly number[], columns: number, rows: number, firstInterior: number): GridPatch {
  if (border.length !== 2 * (columns + rows)) {
    throw new Error(`a ${columns} x ${rows} patch needs a loop of ${2 * (columns + rows)} vertices, got ${border.length}`);
  }
  const borderIndex = (column: number, row: number): number => {
    if (row === 0) return column;
    if (column === columns) return columns + row;
    if (row === rows) return 2 * columns + rows - column;
    if (column === 0) return 2 * (columns + rows) - row;
    return -1;
  };
  const vertexAt = (column: number, row: number): number => {
    const onBorder = borderIndex(column, row);
    return onBorder >= 0 ? border[onBorder]! : firstInterior + (row - 1) * (columns - 1) + (column - 1);
  };
  const quads: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      quads.push(vertexAt(column, row), vertexAt(column + 1, row), vertexAt(column + 1, row + 1), vertexAt(column, row + 1));
    }
  }
  return {
    columns, rows, firstInterior,
    border: Int32Array.from(border),
    weights: harmonicWeights(columns, rows, borderIndex),
    quads: Int32Array.from(quads),
  };
}

/** Where the vertices of a patch lie in its grid: vertex number → share of the width from the border's start, share of the height. */
export function gridPlaces({ columns, rows, border, firstInterior, weights }: GridPatch): Map<number, readonly [number, number]> {
  const places = new Map<number, readonly [number, number]>();
  border.forEach((vertex, index) => {
    const column = Math.min(index, columns, Math.max(2 * columns + rows - index, 0));
    const row = Math.min(Math.max(index - columns, 0), rows, 2 * (columns + rows) - index);
    places.set(vertex, [column / columns, row / rows]);
  });
  weights.forEach((_, index) => {
    places.set(firstInterior + index, [((index % (columns - 1)) + 1) / columns, (Math.floor(index / (columns - 1)) + 1) / rows]);
  });
  return places;
}

export function interiorCount(columns: number, rows: number): number {
  return (columns - 1) * (rows - 1);
}

/** Solves the Laplace equation by relaxation, once for each border vertex; the grids are small. */
function harmonicWeights(columns: number, rows: number, borderIndex: (column: number, row: number) => number): Float64Array[] {
  const borderCount = 2 * (columns + rows);
  const stride = columns + 1;
  const cells = Array.from({ length: stride * (rows + 1) }, () => new Float64Array(borderCount));
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      const onBorder = borderIndex(column, row);
      if (onBorder >= 0) cells[row * stride + column]![onBorder] = 1;
      else cells[row * stride + column]!.fill(1 / borderCount);
    }
  }
  const interior: Float64Array[] = [];
  for (let row = 1; row < rows; row++) for (let column = 1; column < columns; column++) interior.push(cells[row * stride + column]!);
  for (let sweep = 0; sweep < 400; sweep++) {
    for (let row = 1; row < rows; row++) {
      for (let column = 1; column < columns; column++) {
        const at = row * stride + column;
        for (let k = 0; k < borderCount; k++) {
          cells[at]![k] = (cells[at - 1]![k]! + cells[at + 1]![k]! + cells[at - stride]![k]! + cells[at + stride]![k]!) / 4;
        }
      }
    }
  }
  return interior;
}
