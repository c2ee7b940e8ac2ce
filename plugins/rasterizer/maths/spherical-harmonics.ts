import { defineKernel, type Tensor } from '../../../framework/device/index.js';
import { shadeBackwardInto, shadeInto } from '../host/spherical-harmonics.js';
import { expectShapes } from './expect-shape.js';
import { shadeGradientWgsl, shadeWgsl } from './wgsl/spherical-harmonics.js';

const shapes = { normals: ['B', 'N', 3], light: ['B', 27] } as const;

const backward = defineKernel<object>({
  name: 'rasterizer/shade-gradient',
  inputs: ['normals', 'light', 'dy'],
  outputs: (inputs) => {
    expectShapes('shade gradient', inputs, { ...shapes, dy: ['B', 'N', 3] });
    return [{ shape: inputs[0]!.shape, dtype: 'float32' }, { shape: inputs[1]!.shape, dtype: 'float32' }];
  },
  compute: ([normals, light, dy], [toNormals, toLight]) => {
    const [batch, count] = normals!.shape as [number, number];
    for (let image = 0; image < batch; image++) {
      const at = image * count * 3;
      shadeBackwardInto(
        normals!.data as Float32Array, at, count, light!.data as Float32Array, image * 27, dy!.data as Float32Array, at,
        toNormals!.data as Float32Array, toLight!.data as Float32Array,
      );
    }
  },
  wgsl: shadeGradientWgsl,
});

const forward = defineKernel<object>({
  name: 'rasterizer/shade',
  inputs: ['normals', 'light'],
  outputs: (inputs) => {
    expectShapes('shade', inputs, shapes);
    return [{ shape: inputs[0]!.shape, dtype: 'float32' }];
  },
  compute: ([normals, light], [result]) => {
    const [batch, count] = normals!.shape as [number, number];
    for (let image = 0; image < batch; image++) {
      const at = image * count * 3;
      shadeInto(normals!.data as Float32Array, at, count, light!.data as Float32Array, image * 27, result!.data as Float32Array, at);
    }
  },
  wgsl: shadeWgsl,
  gradient: ([dy], { inputs }) => [...backward([...inputs, dy!], {})],
});

/**
 * shade_c(n) = Σ_k Y_k(n) (γ_ck + init_k), init = (0.8, 0, …, 0), Y in Deep3D's order (`host/spherical-harmonics.ts`); 0.708982
 * everywhere at γ = 0. Not clamped.
 *
 * @param normals [B, N, 3] unit vectors
 * @param light [B, 27] γ, channel-major
 * @returns [B, N, 3]
 * @throws FlowError FLOW_DEVICE_SHAPE
 */
export function shade(normals: Tensor, light: Tensor): Tensor {
  return forward([normals, light], {})[0]!;
}
