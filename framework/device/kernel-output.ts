/** Shape and type of an input or output of a kernel. */
export interface KernelOutput {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** The numbers of an input or output. */
export type KernelArray = Float32Array | Int32Array;
