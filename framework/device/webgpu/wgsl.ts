/** The form of a kernel in WGSL, the shading language of WebGPU. */
import type { KernelOutput } from '../kernel-output.js';

export type HostArray = Float32Array | Int32Array;

/** What a kernel may look at to say how it runs: shapes and types, never values, except of arrays that the host knows. */
export interface WgslCall<Attributes> {
  readonly inputs: readonly KernelOutput[];
  readonly outputs: readonly KernelOutput[];
  readonly attributes: Attributes;
  /** The values of an int32 input, such as a list of triangles. Throws FLOW_DEVICE inside a section where the device computed it. */
  hostValues(input: string): Int32Array;
  /** The same, or undefined where the device computed it. */
  knownValues(input: string): Int32Array | undefined;
}

/**
 * One run of a kernel. WGSL text sees, by name: inputs, results, scratch and constants as arrays in the order of memory, and the
 * numbers as fields of `u`.
 */
export interface WgslProgram {
  /** Names of the outputs, in order. They start with any values: the passes write every element. */
  readonly results: readonly string[];
  /** Fields of `u` with type i32. */
  readonly integers?: Readonly<Record<string, number>>;
  /** Fields of `u` with type f32. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Arrays of the host, copied to the device once for each array object. */
  readonly constants?: Readonly<Record<string, HostArray>>;
  /** Room for this run, filled with zeros. */
  readonly scratch?: Readonly<Record<string, { readonly type: 'f32' | 'i32' | 'atomic<i32>' | 'atomic<u32>'; readonly size: number }>>;
  /** Text before every pass: functions that several share. */
  readonly functions?: string;
  /** Run one after the other; each sees what those before wrote. */
  readonly passes: readonly WgslPass[];
}

export interface WgslPass {
  /** Defines `fn run(index: i32)`, called for every index below `count`, in any order. */
  readonly code: string;
  readonly count: number;
}

export type WgslForm<Attributes> = (call: WgslCall<Attributes>) => WgslProgram;
