import type { Tensor } from '../../../framework/device/index.js';
import { weight, type WeightMap } from '../host/weight-map.js';
import { frozenConvolution, type MakeConstant } from './frozen-convolution.js';
import { frozenDepthwise } from './frozen-depthwise.js';

/** Depthwise 3 × 3, then pointwise 1 × 1 with bias and, if wanted, ReLU; the weights never change. */
export function frozenSeparable(
  constant: MakeConstant, network: string, weights: WeightMap, name: string, stride: 1 | 2, relu: boolean,
): (x: Tensor) => Tensor {
  const depthwise = frozenDepthwise(constant, `${network}/${name}/depthwise`, weight(weights, `${name}/depthwise_filter`), stride);
  const pointwise = frozenConvolution(
    constant, `${network}/${name}/pointwise`, weight(weights, `${name}/pointwise_filter`),
    Float32Array.from(weight(weights, `${name}/bias`).data), { stride: 1, padding: 'same', relu },
  );
  return (x) => pointwise(depthwise(x));
}
