import { defineKernel, type Tensor } from '../../../framework/device/index.js';
import type { Camera } from '../host/camera.js';
import { visibilityInto } from '../host/visibility.js';
import { expectShapes } from './expect-shape.js';
import { visibilityWgsl } from './wgsl/visibility.js';

export interface ViewAttributes {
  /** Width and height of the image, px. */
  readonly size: number;
  readonly camera: Camera;
}

const kernel = defineKernel<ViewAttributes>({
  name: 'rasterizer/visibility',
  inputs: ['vertices', 'triangles'],
  outputs: (inputs, { size }) => {
    const { B } = expectShapes('visibility', inputs, { vertices: ['B', 'V', 3], triangles: ['F', 3] });
    return [{ shape: [B!, size, size], dtype: 'int32' }, { shape: [B!, size, size, 1], dtype: 'float32' }];
  },
  compute: ([vertices, triangles], [ids, coverage], { size, camera }) => {
    const [batch, vertexCount] = vertices!.shape as [number, number];
    const pixels = size * size;
    for (let image = 0; image < batch; image++) {
      visibilityInto(
        vertices!.data as Float32Array, image * vertexCount * 3, vertexCount, triangles!.data as Int32Array, size, camera,
        ids!.data as Int32Array, image * pixels,
      );
    }
    for (let pixel = 0; pixel < batch * pixels; pixel++) coverage!.data[pixel] = ids!.data[pixel]! >= 0 ? 1 : 0;
  },
  wgsl: visibilityWgsl,
});

/**
 * The nearest triangle at every pixel centre (`host/visibility.ts` states the sampling and tie rules). No gradient: the
 * choice of a triangle is piecewise constant.
 *
 * @param vertices [B, V, 3] world frame, dm
 * @param triangles [F, 3] int32, indices below V
 * @returns `ids` [B, H, W] int32 with −1 in the background, `coverage` [B, H, W, 1] of 0 and 1
 * @throws FlowError FLOW_DEVICE_SHAPE
 */
export function visibility(vertices: Tensor, triangles: Tensor, view: ViewAttributes): { ids: Tensor; coverage: Tensor } {
  const [ids, coverage] = kernel([vertices, triangles], view);
  return { ids: ids!, coverage: coverage! };
}
