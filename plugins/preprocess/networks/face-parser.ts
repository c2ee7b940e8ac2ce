/** The network that tells visible skin of the face from everything else: a small U-Net. */
import { heNormal, zeros, type Initializer } from '../../../framework/index.js';
import { tf, type Tensor, type Variable } from '../../../framework/device/index.js';

/** Creates or finds a variable by name. */
export type MakeVariable = (name: string, shape: readonly number[], initial: Initializer) => Variable;

/** A function of a picture batch [B, S, S, C]. */
type Layer = (x: Tensor) => Tensor;

/**
 * A U-Net (Ronneberger et al., "U-Net: convolutional networks for biomedical image segmentation", MICCAI 2015). The first convolution has
 * stride 2; on the way down each further level begins with another one, followed by one of stride 1; on the way up the coarser level is
 * narrowed by a 1 × 1 convolution, doubled in size bilinearly, added to the skip, and mixed by a 3 × 3 convolution; last, each place at
 * half size gives the four pixels that it stands for (Shi et al., "Real-time single image super-resolution", CVPR 2016). Differs:
 * skips are added instead of concatenated (Chaurasia and Culurciello, "LinkNet", 2017), which halves the work; the way up has residual
 * form; there is no normalisation, so that a batch equals its samples. With channels [16, 32, 64, 128]: 0.35 M weights.
 *
 * @param widths channels at a half, a quarter, … of the picture's side, which must be divisible by 2^levels.
 * @returns a function of float32 [B, S, S, 3], RGB in 0 … 1, that gives logits float32 [B, S, S, 1]: positive where skin is visible.
 */
export function makeFaceParser(widths: readonly number[], variable: MakeVariable): Layer {
  const down = widths.map((width, level) => (level === 0
    ? convolution(variable, 'enter', 3, 3, width, 2)
    : chain(convolution(variable, `down${level}/shrink`, 3, widths[level - 1]!, width, 2), convolution(variable, `down${level}/mix`, 3, width, width, 1))));
  const up = widths.slice(0, -1).map((width, level) => ({
    narrow: convolution(variable, `up${level}/narrow`, 1, widths[level + 1]!, width, 1, false),
    mix: convolution(variable, `up${level}/mix`, 3, width, width, 1),
  }));
  const leave = convolution(variable, 'leave', 3, widths[0]!, 4, 1, false);
  return (image) => tf.tidy(() => {
    const skips: Tensor[] = [];
    let x: Tensor = tf.mul(tf.sub(image, 0.5), 2);
    for (const layer of down) skips.push(x = layer(x));
    for (let level = up.length - 1; level >= 0; level--) {
      const { narrow, mix } = up[level]!;
      const skip = skips[level]!;
      const joined = tf.add(tf.image.resizeBilinear(narrow(x) as tf.Tensor4D, [skip.shape[1]!, skip.shape[2]!], false, true), skip);
      x = tf.add(joined, mix(joined));
    }
    return unfold(leave(x));
  });
}

/** Four channels of a place become its four pixels: [B, H, W, 4] → [B, 2H, 2W, 1]. */
function unfold(x: Tensor): Tensor {
  const [batch, height, width] = x.shape as [number, number, number, number];
  return x.reshape([batch, height, width, 2, 2]).transpose([0, 1, 3, 2, 4]).reshape([batch, 2 * height, 2 * width, 1]);
}

function chain(first: Layer, second: Layer): Layer {
  return (x) => second(first(x));
}

/** With a bias, TensorFlow's `same` padding, and a rectifier unless told otherwise. */
function convolution(variable: MakeVariable, name: string, size: number, from: number, to: number, stride: number, rectified = true): Layer {
  const filter = variable(`${name}/kernel`, [size, size, from, to], heNormal);
  const bias = variable(`${name}/bias`, [to], zeros);
  return (x) => tf.fused.conv2d({
    x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias: bias as tf.Tensor, strides: stride, pad: 'same',
    activation: rectified ? 'relu' : 'linear',
  });
}
