import { defineKernel, type KernelView, type Tensor } from '../../../framework/device/index.js';
import { barycentricsBackwardInto, barycentricsInto, type BarycentricsJob } from '../host/barycentrics.js';
import { expectShapes } from './expect-shape.js';
import type { ViewAttributes } from './visibility.js';
import { barycentricsGradientWgsl, barycentricsWgsl } from './wgsl/barycentrics.js';

const shapes = { vertices: ['B', 'V', 3], triangles: ['F', 3], ids: ['B', 'H', 'H'] } as const;

const backward = defineKernel<ViewAttributes>({
  name: 'rasterizer/barycentrics-gradient',
  inputs: ['vertices', 'triangles', 'ids', 'dy'],
  outputs: (inputs) => {
    expectShapes('barycentrics gradient', inputs, { ...shapes, dy: ['B', 'H', 'H', 3] });
    return [{ shape: inputs[0]!.shape, dtype: 'float32' }];
  },
  compute: (inputs, [result], view) => {
    const dy = inputs[3]!.data as Float32Array;
    forEachImage(inputs, view, (job) => {
      barycentricsBackwardInto(job, dy, job.idOffset * 3, result!.data as Float32Array, job.vertexOffset);
    });
  },
  wgsl: barycentricsGradientWgsl,
});

const forward = defineKernel<ViewAttributes>({
  name: 'rasterizer/barycentrics',
  inputs: ['vertices', 'triangles', 'ids'],
  outputs: (inputs) => {
    const { B, H } = expectShapes('barycentrics', inputs, shapes);
    return [{ shape: [B!, H!, H!, 3], dtype: 'float32' }];
  },
  compute: (inputs, [result], view) => {
    forEachImage(inputs, view, (job) => barycentricsInto(job, result!.data as Float32Array, job.idOffset * 3));
  },
  wgsl: barycentricsWgsl,
  gradient: ([dy], { inputs }, view) => [backward([...inputs, dy!], view)[0]!, null, null],
});

/**
 * Perspective-correct barycentric coordinates b_i = e_i / Σe of each pixel centre in its triangle, differentiable by the
 * vertices with the ids held fixed (equations in `host/barycentrics.ts`).
 *
 * @param vertices [B, V, 3] world frame, dm
 * @param triangles [F, 3] int32
 * @param ids [B, H, W] int32 from `visibility`; −1 gives zeros
 * @returns [B, H, W, 3]
 * @throws FlowError FLOW_DEVICE_SHAPE
 *
 * Source: tf_mesh_renderer (Genova et al. 2018). Silhouettes and occlusion borders give no gradient, as there.
 */
export function barycentrics(vertices: Tensor, triangles: Tensor, ids: Tensor, view: ViewAttributes): Tensor {
  return forward([vertices, triangles, ids], view)[0]!;
}

function forEachImage(
  [vertices, triangles, ids]: readonly KernelView[], { size, camera }: ViewAttributes, visit: (job: BarycentricsJob) => void,
): void {
  const [batch, vertexCount] = vertices!.shape as [number, number];
  for (let image = 0; image < batch; image++) {
    visit({
      vertices: vertices!.data as Float32Array, vertexOffset: image * vertexCount * 3, triangles: triangles!.data as Int32Array,
      ids: ids!.data as Int32Array, idOffset: image * size * size, size, camera,
    });
  }
}
