import { defineKernel, type KernelView, type Tensor } from '../../../framework/device/index.js';
import { interpolateBackwardInto, interpolateInto, type InterpolateJob } from '../host/interpolate.js';
import { expectShapes } from './expect-shape.js';

const shapes = {
  attributes: ['B', 'V', 'C'], triangles: ['F', 3], ids: ['B', 'H', 'W'], barycentrics: ['B', 'H', 'W', 3],
} as const;

const backward = defineKernel<object>({
  name: 'rasterizer/interpolate-gradient',
  inputs: ['attributes', 'triangles', 'ids', 'barycentrics', 'dy'],
  outputs: (inputs) => {
    expectShapes('interpolate gradient', inputs, { ...shapes, dy: ['B', 'H', 'W', 'C'] });
    return [{ shape: inputs[0]!.shape, dtype: 'float32' }, { shape: inputs[3]!.shape, dtype: 'float32' }];
  },
  compute: (inputs, [toAttributes, toBarycentrics]) => {
    const dy = inputs[4]!.data as Float32Array;
    forEachImage(inputs, (job) => {
      const from = job.pixelOffset * job.channels;
      interpolateBackwardInto(job, dy, from, toAttributes!.data as Float32Array, toBarycentrics!.data as Float32Array);
    });
  },
});

const forward = defineKernel<object>({
  name: 'rasterizer/interpolate',
  inputs: ['attributes', 'triangles', 'ids', 'barycentrics'],
  outputs: (inputs) => {
    const { B, H, W, C } = expectShapes('interpolate', inputs, shapes);
    return [{ shape: [B!, H!, W!, C!], dtype: 'float32' }];
  },
  compute: (inputs, [result]) => {
    forEachImage(inputs, (job) => interpolateInto(job, result!.data as Float32Array, job.pixelOffset * job.channels));
  },
  gradient: ([dy], { inputs }) => {
    const [toAttributes, toBarycentrics] = backward([...inputs, dy!], {});
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
 * @returns [B, H, W, C]
 * @throws FlowError FLOW_DEVICE_SHAPE
 */
export function interpolate(attributes: Tensor, triangles: Tensor, ids: Tensor, weights: Tensor): Tensor {
  return forward([attributes, triangles, ids, weights], {})[0]!;
}

function forEachImage(inputs: readonly KernelView[], visit: (job: InterpolateJob) => void): void {
  const [attributes, triangles, ids, weights] = inputs;
  const [batch, vertexCount, channels] = attributes!.shape as [number, number, number];
  const pixels = ids!.shape[1]! * ids!.shape[2]!;
  for (let image = 0; image < batch; image++) {
    visit({
      attributes: attributes!.data as Float32Array, attributeOffset: image * vertexCount * channels, channels,
      triangles: triangles!.data as Int32Array, ids: ids!.data as Int32Array, barycentrics: weights!.data as Float32Array,
      pixelOffset: image * pixels, pixels,
    });
  }
}
