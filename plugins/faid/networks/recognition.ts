import { tf, type Tensor } from '../../../framework/device/index.js';
import { float32, type HostTensor } from '../../../framework/index.js';
import { weight, type WeightMap } from '../host/weight-map.js';
import { frozenConvolution, type ConvolutionLayer, type MakeConstant } from './frozen-convolution.js';
import { averagePool, maxPool } from './pooling.js';

const same: ConvolutionLayer = { stride: 1, padding: 'same', relu: true };
const sameLinear: ConvolutionLayer = { stride: 1, padding: 'same', relu: false };
const down: ConvolutionLayer = { stride: 2, padding: 'valid', relu: true };

/**
 * face-api's recognition network (dlib's ResNet of 29 convolutions, 128-d): images [B, S, S, 3] in [0, 1], minus the mean colour
 * → embedding [B, 128], not normalised. Made for S = 150.
 *
 * Source: `FaceRecognitionNet` of @vladmandic/face-api 1.7. Differs: each convolution's scale layer is folded into its
 * filter and bias, in float64, once.
 */
export function recognitionNetwork(constant: MakeConstant, weights: WeightMap): (images: Tensor) => Tensor {
  const convolution = (name: string, layer: ConvolutionLayer): ((x: Tensor) => Tensor) => {
    const { filter, bias } = foldedOnce(weights, name);
    return frozenConvolution(constant, `recognition/${name}`, filter, bias, layer);
  };
  const residual = (name: string): ((x: Tensor) => Tensor) => {
    const [first, second] = [convolution(`${name}/conv1`, same), convolution(`${name}/conv2`, sameLinear)];
    return (x) => tf.relu(tf.add(second(first(x)), x));
  };
  const residualDown = (name: string): ((x: Tensor) => Tensor) => {
    const [first, second] = [convolution(`${name}/conv1`, down), convolution(`${name}/conv2`, sameLinear)];
    return (x) => tf.relu(addPadded(averagePool(x), second(first(x))));
  };
  const entry = convolution('conv32_down', down);
  const blocks = [
    ...['conv32_1', 'conv32_2', 'conv32_3'].map(residual),
    residualDown('conv64_down'), ...['conv64_1', 'conv64_2', 'conv64_3'].map(residual),
    residualDown('conv128_down'), ...['conv128_1', 'conv128_2'].map(residual),
    residualDown('conv256_down'), ...['conv256_1', 'conv256_2'].map(residual),
    residualDown('conv256_down_out'),
  ];
  const last = constant('recognition/fc', () => weight(weights, 'fc'));
  return (images) => {
    const pooled = maxPool(entry(images), 'valid');
    const features = blocks.reduce<Tensor>((x, block) => block(x), pooled);
    return tf.matMul(tf.mean(features, [1, 2]), last);
  };
}

/** The sum of a shortcut and a branch; the branch gets zeros behind its rows and columns, the shortcut behind its channels. */
function addPadded(shortcut: Tensor, branch: Tensor): Tensor {
  const [, height, width, channels] = shortcut.shape as [number, number, number, number];
  const [, rows, columns, outputs] = branch.shape as [number, number, number, number];
  const padded = tf.pad(branch, [[0, 0], [0, height - rows], [0, width - columns], [0, 0]]);
  return tf.add(padded, outputs === channels ? shortcut : tf.pad(shortcut, [[0, 0], [0, 0], [0, 0], [0, outputs - channels]]));
}

interface FoldedConvolution {
  readonly filter: HostTensor;
  readonly bias: Float32Array;
}

/** Folded convolutions by weights and name: every use of the network in a process reads the same. */
const folded = new WeakMap<WeightMap, Map<string, FoldedConvolution>>();

function foldedOnce(weights: WeightMap, name: string): FoldedConvolution {
  const known = folded.get(weights) ?? new Map<string, FoldedConvolution>();
  folded.set(weights, known);
  const convolution = known.get(name) ?? foldScale(weights, name);
  known.set(name, convolution);
  return convolution;
}

/** (x ∗ f + b) · s + o = x ∗ (f · s) + (b · s + o). */
function foldScale(weights: WeightMap, name: string): FoldedConvolution {
  const filter = weight(weights, `${name}/conv/filters`);
  const bias = weight(weights, `${name}/conv/bias`).data;
  const scale = weight(weights, `${name}/scale/weights`).data;
  const offset = weight(weights, `${name}/scale/biases`).data;
  const outputs = bias.length;
  // Plain loops: `Float32Array.from` with a function takes a second for these five million weights.
  const scaled = new Float32Array(filter.data.length);
  for (let index = 0; index < scaled.length; index++) scaled[index] = filter.data[index]! * scale[index % outputs]!;
  const shifted = new Float32Array(outputs);
  for (let index = 0; index < outputs; index++) shifted[index] = bias[index]! * scale[index]! + offset[index]!;
  return { filter: float32(scaled, filter.shape), bias: shifted };
}
