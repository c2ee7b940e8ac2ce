/** Kernels by what they do, in the groups of bench/pytorch/training_step.py. */
import type { KernelTime } from './profile-kernels.js';

const groups: readonly (readonly [group: string, kernels: RegExp])[] = [
  ['convolutions, forward', /^(Fused)?Conv2D$/],
  ['convolutions, gradients', /^Conv2DBackprop/],
  ['depthwise convolutions, forward', /^(Fused)?DepthwiseConv2d(Native)?$/i],
  ['depthwise convolutions, gradients', /^DepthwiseConv2dNativeBackprop/],
  ['products of matrices', /MatMul$|vertex-linear/],
  ['sparse products', /chebyshev|sparse-mat-mul/],
  ['pooling, resizing', /Pool|Resize|resize/],
  ['visibility', /^rasterizer\/visibility/],
  ['gathers and normals of the renders', /^rasterizer\/|^GatherV2|gather-rows/],
  ['clipping, Adam', /adam|norm$|finite/],
];

/** A convolution in the backward pass is a gradient written as one: `frozen-convolution.ts`. */
function groupOf({ kernel, phase }: KernelTime): string {
  const group = groups.find(([, kernels]) => kernels.test(kernel))?.[0] ?? 'element by element, sums, copies';
  return phase === 'backward' ? group.replace(', forward', ', gradients') : group;
}

/** Calls and milliseconds of each group, dearest first. */
export function groupTimes(rows: readonly KernelTime[]): readonly (readonly [group: string, sum: { calls: number; milliseconds: number }])[] {
  const sums = new Map<string, { calls: number; milliseconds: number }>();
  for (const row of rows) {
    const group = groupOf(row);
    const sum = sums.get(group) ?? { calls: 0, milliseconds: 0 };
    sums.set(group, sum);
    sum.calls += row.calls;
    sum.milliseconds += row.milliseconds;
  }
  return [...sums].sort(([, left], [, right]) => right.milliseconds - left.milliseconds);
}
