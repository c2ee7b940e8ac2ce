import { resizeByMatrices, tf, type Tensor } from '../../../framework/device/index.js';
import { convolution, placesMean, separable, type Backbone, type Layer, type MakeVariable } from './layers.js';

/** Side of the picture that the layers were made for, px. */
const side = 112;
const widths = [32, 64, 128, 256] as const;
/** Side of the middle of the crop that they see, enlarged to `side`: face-api cuts faces tighter than Deep3D does, px. */
const middle = 96;
/** Channels of the features that keep their place, on the 7 × 7 grid of the last block. */
const placed = 16;
/** Side of the thumbnail, px. */
const thumbnail = 8;
/** Mean colour of the faces that face-api's networks were trained on. */
const meanColour = [122.782, 117.001, 104.298].map((value) => value / 255);

/**
 * The layers of face-api's landmark network (`FaceFeatureExtractor` of @vladmandic/face-api 1.7), so that its weights can be the start:
 * four dense blocks of separable convolutions, 52 M multiply-adds. Its 256 means over the places are joined by what it
 * lacks for colour and pose: 16 channels that keep their place, and an 8 × 8 thumbnail.
 *
 * Other sizes than 112 px are resized.
 */
export function makeDense(variable: MakeVariable): Backbone {
  const blocks = widths.map((width, index) => denseBlock(variable, `dense${index}`, index === 0 ? 3 : widths[index - 1]!, width, index === 0));
  const place = convolution(variable, 'place', 1, widths[3], placed, 1, true);
  const cells = (side / 16) ** 2;
  return {
    features: widths[3] + cells * placed + 3 * thumbnail ** 2,
    run: (picture) => {
      const image = picture.shape[1] === side ? picture : resizeByMatrices(picture, side, side);
      const cut = (side - middle) / 2;
      const near = resizeByMatrices(tf.slice(image, [0, cut, cut, 0], [-1, middle, middle, -1]), side, side);
      const map = blocks.reduce((value, block) => block(value), tf.sub(near, meanColour) as Tensor);
      const places = tf.reshape(place(map), [-1, cells * placed]);
      const small = tf.mul(tf.sub(tf.avgPool(image as tf.Tensor4D, side / thumbnail, side / thumbnail, 'valid'), 0.5), 2);
      return tf.concat([placesMean(map), places, tf.reshape(small, [-1, 3 * thumbnail ** 2])], 1);
    },
  };
}

/** Four convolutions, each fed by the sum of all before it; the first halves the extent. */
function denseBlock(variable: MakeVariable, name: string, from: number, to: number, plain: boolean): Layer {
  const first = plain ? convolution(variable, `${name}/conv0`, 3, from, to, 2, true) : rectified(separable(variable, `${name}/conv0`, from, to, 2));
  const [second, third, fourth] = [1, 2, 3].map((index) => separable(variable, `${name}/conv${index}`, to, to, 1)) as [Layer, Layer, Layer];
  return (x) => {
    const one = first(x);
    const two = tf.add(one, second(one));
    const three = tf.add(two, third(tf.relu(two)));
    return tf.relu(tf.add(three, fourth(tf.relu(three))));
  };
}

function rectified(layer: Layer): Layer {
  return (x) => tf.relu(layer(x));
}
