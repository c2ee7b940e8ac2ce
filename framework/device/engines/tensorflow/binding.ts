/** The parts of the addon and of its backend that are used here. */
import type { tf } from '../../tf.js';

export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The number of a tensor inside the addon. */
type TensorId = number;

/** The native addon, `tfjs_binding.node`. */
export interface TensorflowBinding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_STRING: number;
  isUsingGpuDevice(): boolean;
  /** Ours: copies a tensor into an array of its size and type. */
  readInto(id: TensorId, array: Float32Array | Int32Array): void;
  /** Ours: a tensor that holds a copy of an array. */
  createFrom(shape: readonly number[], type: number, array: Float32Array | Int32Array): TensorId;
  /** Ours: another shape for the same memory. */
  reshape(id: TensorId, shape: readonly number[]): TensorId;
  /** Ours: x [B, N, F] → [B, N, K · F]. */
  chebyshevBasis(pointers: Int32Array, columns: Int32Array, values: Float32Array, x: TensorId, terms: number): TensorId;
  /** Ours: z [B, N, K · F] → [B, N, F]. */
  chebyshevSum(pointers: Int32Array, columns: Int32Array, values: Float32Array, z: TensorId, terms: number): TensorId;
  /** Ours: weight, first and second moment after an update; the numbers are scale, rate, β₁, 1 − β₁, β₂, 1 − β₂, ε and 1 / √(1 − β₂ᵗ). */
  adam(tensors: readonly TensorId[], numbers: Float32Array): TensorId[];
  /** Ours: adds a number to each channel in place, and `relu` after it, on a tensor that nobody else has seen yet. */
  addBias(id: TensorId, bias: TensorId, relu: boolean): void;
  /** Ours: a (operation) b, as large as a: `operations` has the operations; `column` when b has one number for each row of a. */
  combine(operation: number, a: TensorId, b: TensorId, column: boolean): TensorId;
  /** Ours: a depthwise convolution with one filter for each channel, and its gradients; `windows` are the numbers of `ConvGeometry`. */
  depthwise(x: TensorId, filter: TensorId, windows: Int32Array): TensorId;
  depthwiseInputGradient(dy: TensorId, filter: TensorId, windows: Int32Array): TensorId;
  /** The number of channels is a multiple of sixteen. */
  depthwiseFilterGradient(x: TensorId, dy: TensorId, windows: Int32Array): TensorId;
  /** Ours: the gradient of maximum pooling. */
  maxPoolGradient(dy: TensorId, x: TensorId, y: TensorId, windows: Int32Array): TensorId;
  /** Ours: the norm of all numbers, as a tensor [1]. */
  norm(x: TensorId): TensorId;
}

interface TensorData {
  readonly shape: readonly number[];
  readonly dtype: number;
  /** Numbers that no operation has needed yet. */
  readonly values: Float32Array | Int32Array | Uint8Array | null;
  readonly id: TensorId;
  readonly refCount: number;
}

/** The backend that tfjs-node registers. */
export interface TensorflowBackend extends tf.KernelBackend {
  readonly binding: TensorflowBinding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: { get(dataId: object): TensorData; set(dataId: object, data: TensorData): void };
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): TensorId[];
  /** Runs one operation of TensorFlow. */
  executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(name: string, attributes: readonly OpAttribute[], inputs: readonly tf.TensorInfo[], outputs: number): tf.Tensor[];
}
