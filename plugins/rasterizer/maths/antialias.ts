import { defineKernel, type KernelView, type Tensor } from '../../../framework/device/index.js';
import { antialiasBackwardInto, antialiasInto, type AntialiasJob } from '../host/antialias.js';
import { edgeNumbers } from '../host/silhouettes.js';
import { expectShapes } from './expect-shape.js';
import type { ViewAttributes } from './visibility.js';
import { antialiasGradientWgsl, antialiasWgsl } from './wgsl/antialias.js';

const shapes = { image: ['B', 'H', 'H', 'C'], vertices: ['B', 'V', 3], edges: ['B', 'H', 'H', edgeNumbers] } as const;

const backward = defineKernel<ViewAttributes>({
  name: 'rasterizer/antialias-gradient',
  inputs: ['image', 'vertices', 'edges', 'dy'],
  outputs: (inputs) => {
    expectShapes('antialias gradient', inputs, { ...shapes, dy: ['B', 'H', 'H', 'C'] });
    return [{ shape: inputs[0]!.shape, dtype: 'float32' }, { shape: inputs[1]!.shape, dtype: 'float32' }];
  },
  compute: (inputs, [toImage, toVertices], view) => {
    const dy = inputs[3]!.data as Float32Array;
    forEachImage(inputs, view, (job) => antialiasBackwardInto(
      job, dy, job.imageOffset, toImage!.data as Float32Array, job.imageOffset, toVertices!.data as Float32Array, job.vertexOffset,
    ));
  },
  wgsl: antialiasGradientWgsl,
});

const forward = defineKernel<ViewAttributes>({
  name: 'rasterizer/antialias',
  inputs: ['image', 'vertices', 'edges'],
  outputs: (inputs) => {
    expectShapes('antialias', inputs, shapes);
    return [{ shape: inputs[0]!.shape, dtype: 'float32' }];
  },
  compute: (inputs, [result], view) => {
    forEachImage(inputs, view, (job) => antialiasInto(job, result!.data as Float32Array, job.imageOffset));
  },
  wgsl: antialiasWgsl,
  gradient: ([dy], { inputs }, view) => [...backward([...inputs, dy!], view), null],
});

/**
 * Blends the two pixels beside an outline by where it runs between their centres, so that pictures change smoothly, and have a
 * gradient by the vertices, where surfaces end (equations in `host/antialias.ts`).
 *
 * @param image [B, H, W, C], values at pixel centres
 * @param vertices [B, V, 3] world frame, dm
 * @param edges [B, H, W, 4] int32 from `silhouettes`
 * @returns [B, H, W, C]
 * @throws FlowError FLOW_DEVICE_SHAPE
 *
 * Source: nvdiffrast (Laine et al. 2020).
 */
export function antialias(image: Tensor, vertices: Tensor, edges: Tensor, view: ViewAttributes): Tensor {
  return forward([image, vertices, edges], view)[0]!;
}

function forEachImage([image, vertices, edges]: readonly KernelView[], { size, camera }: ViewAttributes, visit: (job: AntialiasJob) => void): void {
  const channels = image!.shape[3]!;
  const [batch, vertexCount] = vertices!.shape as [number, number];
  for (let index = 0; index < batch; index++) {
    visit({
      image: image!.data as Float32Array, imageOffset: index * size * size * channels, channels,
      vertices: vertices!.data as Float32Array, vertexOffset: index * vertexCount * 3,
      edges: edges!.data as Int32Array, edgeOffset: index * size * size * edgeNumbers, size, camera,
    });
  }
}
