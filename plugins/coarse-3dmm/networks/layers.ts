/** The layers of the backbones, and how their variables start. */
import { heNormal, zeros, type Initializer } from '../../../framework/index.js';
import { tf, type Tensor, type Variable } from '../../../framework/device/index.js';

/** Creates or finds a variable of the stage by name. */
export type MakeVariable = (name: string, shape: readonly number[], initial: Initializer) => Variable;

/** A function of a picture batch [B, H, W, C]. */
export type Layer = (x: Tensor) => Tensor;

export interface Backbone {
  /** [B, S, S, 3] in 0..1 → [B, features]. */
  readonly run: Layer;
  readonly features: number;
}

/** Convolution with a bias, TensorFlow's `same` padding, and an optional rectifier. */
export function convolution(
  variable: MakeVariable, name: string, size: number, from: number, to: number, stride: number, rectified: boolean,
): Layer {
  const filter = variable(`${name}/kernel`, [size, size, from, to], heNormal);
  const bias = variable(`${name}/bias`, [to], zeros);
  return (x) => tf.fused.conv2d({
    x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias: bias as tf.Tensor, strides: stride, pad: 'same',
    activation: rectified ? 'relu' : 'linear',
  });
}

/**
 * A residual block without normalisation: y = relu(short(x) + g ∘ branch(x)), where the gain g of each channel starts at zero
 * (De and Smith, "Batch normalization biases residual blocks towards the identity function", 2020: SkipInit). Nothing depends on
 * the other samples of the batch, so small batches train, and a batch equals its samples one by one.
 */
export function residual(variable: MakeVariable, name: string, channels: number, branch: Layer, short: Layer): Layer {
  const gain = variable(`${name}/gain`, [channels], zeros);
  return (x) => tf.relu(tf.add(short(x), tf.mul(branch(x), gain)));
}

/** Each channel has nine inputs, whatever the number of channels. */
const depthwiseStart: Initializer = (random, [rows, columns, channels]) => heNormal(random, [rows!, columns!, 1, channels!]);

/**
 * Convolution in two parts (Xception): y = Σ_c p_c (x_c ∗ d_c) + b, a filter of its own for each channel, then a mixture of the channels.
 */
export function separable(variable: MakeVariable, name: string, from: number, to: number, stride: 1 | 2): Layer {
  const depthwise = variable(`${name}/depthwise`, [3, 3, from, 1], depthwiseStart);
  const pointwise = variable(`${name}/pointwise`, [1, 1, from, to], heNormal);
  const bias = variable(`${name}/bias`, [to], zeros);
  return (x) => {
    const filtered = tf.depthwiseConv2d(x as tf.Tensor4D, depthwise as tf.Tensor4D, stride, 'same');
    return tf.add(tf.conv2d(filtered, pointwise as tf.Tensor4D, 1, 'same'), bias);
  };
}

/** Mean over the places of a picture batch: [B, H, W, C] → [B, C]. */
export function placesMean(x: Tensor): Tensor {
  return tf.mean(x, [1, 2]);
}
