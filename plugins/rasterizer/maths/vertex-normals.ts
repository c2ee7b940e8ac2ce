import { defineKernel, type Tensor } from '../../../framework/device/index.js';
import { vertexNormalsBackwardInto, vertexNormalsInto } from '../host/vertex-normals.js';
import { expectShapes } from './expect-shape.js';
import { vertexNormalsGradientWgsl, vertexNormalsWgsl } from './wgsl/vertex-normals.js';

const shapes = { vertices: ['B', 'V', 3], triangles: ['F', 3] } as const;

const backward = defineKernel<object>({
  name: 'rasterizer/vertex-normals-gradient',
  inputs: ['vertices', 'triangles', 'dy'],
  outputs: (inputs) => {
    expectShapes('vertexNormals gradient', inputs, { ...shapes, dy: ['B', 'V', 3] });
    return [{ shape: inputs[0]!.shape, dtype: 'float32' }];
  },
  compute: ([vertices, triangles, dy], [result]) => {
    const [batch, count] = vertices!.shape as [number, number];
    for (let mesh = 0, at = 0; mesh < batch; mesh++, at += count * 3) {
      vertexNormalsBackwardInto(
        vertices!.data as Float32Array, at, count, triangles!.data as Int32Array, dy!.data as Float32Array, at, result!.data as Float32Array, at,
      );
    }
  },
  wgsl: vertexNormalsGradientWgsl,
});

const forward = defineKernel<object>({
  name: 'rasterizer/vertex-normals',
  inputs: ['vertices', 'triangles'],
  outputs: (inputs) => {
    expectShapes('vertexNormals', inputs, shapes);
    return [{ shape: inputs[0]!.shape, dtype: 'float32' }];
  },
  compute: ([vertices, triangles], [result]) => {
    const [batch, count] = vertices!.shape as [number, number];
    for (let mesh = 0, at = 0; mesh < batch; mesh++, at += count * 3) {
      vertexNormalsInto(vertices!.data as Float32Array, at, count, triangles!.data as Int32Array, result!.data as Float32Array, at);
    }
  },
  wgsl: vertexNormalsWgsl,
  gradient: ([dy], { inputs }) => [backward([...inputs, dy!], {})[0]!, null],
});

/**
 * n_v = s_v / |s_v|, s_v the sum of the unit normals (v₁ − v₂) × (v₂ − v₃) / |…| of the triangles around v; zero, with zero
 * gradient, where that sum vanishes.
 *
 * @param vertices [B, V, 3]
 * @param triangles [F, 3] int32, counter-clockwise seen from outside
 * @returns [B, V, 3] unit vectors
 * @throws FlowError FLOW_DEVICE_SHAPE
 *
 * Source: Deep3D (`models/bfm.py`, `compute_norm`): not weighted by area.
 */
export function vertexNormals(vertices: Tensor, triangles: Tensor): Tensor {
  return forward([vertices, triangles], {})[0]!;
}
