import { defineKernel, type KernelOutput, type KernelView, type Tensor } from '../../../framework/device/index.js';
import { FlowError } from '../../../framework/index.js';
import { interpolateBackwardInto, interpolateInto, type InterpolateJob } from '../host/interpolate.js';
import { expectShapes } from './expect-shape.js';
import { interpolateGradientWgsl, interpolateWgsl } from './wgsl/interpolate.js';

/** Neighbouring channels of the attributes. Cutting them out beforehand costs more than interpolating them. */
export interface ChannelRange {
  readonly first: number;
  readonly count: number;
}

const shapes = {
  attributes: ['B', 'V', 'C'], triangles: ['F', 3], ids: ['B', 'H', 'W'], barycentrics: ['B', 'H', 'W', 3],
} as const;

const backward = defineKernel<ChannelRange>({
  name: 'rasterizer/interpolate-gradient',
  inputs: ['attributes', 'triangles', 'ids', 'barycentrics', 'dy'],
  outputs: (inputs, { count }) => {
    expectShapes('interpolate gradient', inputs, { ...shapes, dy: ['B', 'H', 'W', count] });
    return [{ shape: inputs[0]!.shape, dtype: 'float32' }, { shape: inputs[3]!.shape, dtype: 'float32' }];
  },
  compute: (inputs, [toAttributes, toBarycentrics], range) => {
    const dy = inputs[4]!.data as Float32Array;
    forEachImage(inputs, range, (job) => {
      const from = job.pixelOffset * job.channels;
      interpolateBackwardInto(job, dy, from, toAttributes!.data as Float32Array, toBarycentrics!.data as Float32Array);
    });
  },
  wgsl: interpolateGradientWgsl,
});

const forward = defineKernel<ChannelRange>({
  name: 'rasterizer/interpolate',
  inputs: ['attributes', 'triangles', 'ids', 'barycentrics'],
  outputs: (inputs, range) => {
    const { B, H, W, C } = expectShapes('interpolate', inputs, shapes);
    checkRange(range, C!);
    return [{ shape: [B!, H!, W!, range.count], dtype: 'float32' }] satisfies KernelOutput[];
  },
  compute: (inputs, [result], range) => {
    forEachImage(inputs, range, (job) => interpolateInto(job, result!.data as Float32Array, job.pixelOffset * job.channels));
  },
  wgsl: interpolateWgsl,
  gradient: ([dy], { inputs }, range) => {
    const [toAttributes, toBarycentrics] = backward([...inputs, dy!], range);
    return [toAttributes!, null, null, toBarycentrics!];
  },
});

/**
 * y_p = b_p0 a_i + b_p1 a_j + b_p2 a_k for the triangle (i, j, k) of pixel p, zero in the background; differentiable by
 * attributes (a scatter-add) and by barycentrics.
 *
 * @param attributes [B, V, C]
 * @param triangles [F, 3] int32
 * @param ids [B, H, W] int32, −1 in the background
 * @param weights [B, H, W, 3] barycentric coordinates
 * @param channels the channels to interpolate; all by default
 * @returns [B, H, W, count]
 * @throws FlowError FLOW_DEVICE_SHAPE
 */
export function interpolate(
  attributes: Tensor, triangles: Tensor, ids: Tensor, weights: Tensor,
  channels: ChannelRange = { first: 0, count: attributes.shape[2]! },
): Tensor {
  return forward([attributes, triangles, ids, weights], channels)[0]!;
}

function checkRange({ first, count }: ChannelRange, channels: number): void {
  if (first >= 0 && count >= 1 && first + count <= channels) return;
  throw new FlowError('FLOW_DEVICE_SHAPE', {
    message: 'interpolate: the attributes do not have these channels.', who: 'interpolate',
    expected: `channels within 0 … ${channels - 1}`, got: `${count} from ${first} on`,
  });
}

function forEachImage(inputs: readonly KernelView[], range: ChannelRange, visit: (job: InterpolateJob) => void): void {
  const [attributes, triangles, ids, weights] = inputs;
  const [batch, vertexCount, stride] = attributes!.shape as [number, number, number];
  const pixels = ids!.shape[1]! * ids!.shape[2]!;
  for (let image = 0; image < batch; image++) {
    visit({
      attributes: attributes!.data as Float32Array, attributeOffset: image * vertexCount * stride + range.first, stride,
      channels: range.count, triangles: triangles!.data as Int32Array, ids: ids!.data as Int32Array,
      barycentrics: weights!.data as Float32Array, pixelOffset: image * pixels, pixels,
    });
  }
}
