/** Tensors as they live on the host: a typed array, its shape and its element type. They cross stream edges and threads. */

export type DType = 'float32' | 'int32' | 'uint8' | 'bool';

export type TensorData = Float32Array | Int32Array | Uint8Array;

export interface HostTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A float32 host tensor. Throws a RangeError when the data does not fill the shape. */
export function float32(data: Float32Array | readonly number[], shape: readonly number[]): HostTensor {
  return checked('float32', data instanceof Float32Array ? data : Float32Array.from(data), shape);
}

/** An int32 host tensor. Throws a RangeError when the data does not fill the shape. */
export function int32(data: Int32Array | readonly number[], shape: readonly number[]): HostTensor {
  return checked('int32', data instanceof Int32Array ? data : Int32Array.from(data), shape);
}

/** A uint8 host tensor. Throws a RangeError when the data does not fill the shape. */
export function uint8(data: Uint8Array | readonly number[], shape: readonly number[]): HostTensor {
  return checked('uint8', data instanceof Uint8Array ? data : Uint8Array.from(data), shape);
}

/** Whether a value of a packet is a tensor. */
export function isHostTensor(value: unknown): value is HostTensor {
  return (
    typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value && 'data' in value &&
    ArrayBuffer.isView((value as HostTensor).data)
  );
}

function checked(dtype: DType, data: TensorData, shape: readonly number[]): HostTensor {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`a ${dtype} tensor of shape [${shape.join(', ')}] holds ${sizeOf(shape)} elements, got ${data.length}`);
  }
  return { dtype, shape: [...shape], data };
}
