import { defineKernel, type Tensor } from '../../../framework/device/index.js';
import { edgeNumbers, silhouettesInto } from '../host/silhouettes.js';
import { expectShapes } from './expect-shape.js';
import type { ViewAttributes } from './visibility.js';
import { silhouettesWgsl } from './wgsl/silhouettes.js';

const kernel = defineKernel<ViewAttributes>({
  name: 'rasterizer/silhouettes',
  inputs: ['vertices', 'triangles', 'neighbours', 'ids'],
  outputs: (inputs) => {
    const { B, H } = expectShapes('silhouettes', inputs, {
      vertices: ['B', 'V', 3], triangles: ['F', 3], neighbours: ['F', 3], ids: ['B', 'H', 'H'],
    });
    return [{ shape: [B!, H!, H!, edgeNumbers], dtype: 'int32' }];
  },
  compute: ([vertices, triangles, neighbours, ids], [edges], { size, camera }) => {
    const [batch, vertexCount] = vertices!.shape as [number, number];
    for (let image = 0; image < batch; image++) {
      silhouettesInto({
        vertices: vertices!.data as Float32Array, vertexOffset: image * vertexCount * 3, vertexCount, triangles: triangles!.data as Int32Array,
        neighbours: neighbours!.data as Int32Array, ids: ids!.data as Int32Array, idOffset: image * size * size, size, camera,
      }, edges!.data as Int32Array, image * size * size * edgeNumbers);
    }
  },
  wgsl: silhouettesWgsl,
});

/**
 * The mesh edges at which a surface ends between neighbouring pixel centres (`host/silhouettes.ts` states which). No gradient: which
 * edge it is, is piecewise constant; where it runs, `antialias` differentiates.
 *
 * @param vertices [B, V, 3] world frame, dm
 * @param triangles [F, 3] int32
 * @param neighbours [F, 3] int32 from `triangleNeighbours`
 * @param ids [B, H, W] int32 from `visibility`
 * @returns [B, H, W, 4] int32: both ends of the edge towards the right pixel, both of the edge towards the lower; −1 for none
 * @throws FlowError FLOW_DEVICE_SHAPE
 */
export function silhouettes(vertices: Tensor, triangles: Tensor, neighbours: Tensor, ids: Tensor, view: ViewAttributes): Tensor {
  return kernel([vertices, triangles, neighbours, ids], view)[0]!;
}
