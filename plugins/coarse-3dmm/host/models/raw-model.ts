/** What a loader gives: the numbers of a face model as its file has them, in decimetres and standard deviations. */

/** A basis of modes, each multiplied by its standard deviation. */
export interface RawBasis {
  readonly count: number;
  /** Adds mode `mode` as a field [V*3]. */
  mode(mode: number): ArrayLike<number>;
}

export interface RawModel {
  readonly name: string;
  /** [F*3] from 0, counter-clockwise seen from outside. */
  readonly triangles: Int32Array;
  /** [V*3] dm, in axes of the interface: x right, y up, z to the viewer. */
  readonly meanShape: Float64Array;
  readonly identity: RawBasis;
  readonly expression: RawBasis;
  /** sRGB in 0..1; without it the albedo of the built model is carried over. */
  readonly albedo?: { readonly mean: ArrayLike<number>; readonly basis: RawBasis };
  /** [68]; without them they are found by fitting the built model's face to the mean shape. */
  readonly landmarks?: Int32Array;
  /** [V] */
  readonly skinMask?: Uint8Array;
  /** The origin is the mean of the vertices (Deep3D), or where the five points come to lie on Deep3D's. */
  readonly place: 'mean of vertices' | 'five points';
}

/** The modes of a matrix that lies column after column, times a factor for each column. */
export function columnBasis(columns: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> }, rows: number, factors: readonly number[]): RawBasis {
  return {
    count: factors.length,
    mode: (mode) => Float64Array.from(columns.subarray(mode * rows, (mode + 1) * rows), (value) => value * factors[mode]!),
  };
}
