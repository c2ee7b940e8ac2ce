/** Convolutional backbones of the coefficient regressor: a picture batch in, features out. */
import { tf } from '../../../framework/device/index.js';
import { makeDense } from './dense-backbone.js';
import { convolution, placesMean, residual, type Backbone, type Layer, type MakeVariable } from './layers.js';

export type BackboneName = 'resnet50' | 'dense' | 'small' | 'tiny';

interface PlainSizes {
  /** Channels of the stem and of the stages at 1/4, 1/8 and 1/16 of the picture's side. */
  readonly widths: readonly [number, number, number, number];
  readonly blocks: number;
  readonly features: number;
}

/** `small`: 0.23 G multiply-adds and 2.2 M weights at 112 px. `tiny`: for tests. */
const plainSizes: Readonly<Record<'small' | 'tiny', PlainSizes>> = {
  small: { widths: [24, 48, 96, 192], blocks: 2, features: 512 },
  tiny: { widths: [8, 12, 16, 24], blocks: 1, features: 48 },
};

/** Creates the variables of a backbone and returns its function. */
export function makeBackbone(name: BackboneName, variable: MakeVariable): Backbone {
  if (name === 'dense') return makeDense(variable);
  return name === 'resnet50' ? makeResNet50(variable) : makePlain(plainSizes[name], variable);
}

/** Stem at half size, three stages of two-convolution residual blocks, one 1 x 1 convolution, mean over the places. */
function makePlain({ widths, blocks, features }: PlainSizes, variable: MakeVariable): Backbone {
  const layers: Layer[] = [convolution(variable, 'stem', 5, 3, widths[0], 2, true)];
  for (let stage = 1; stage < widths.length; stage++) {
    const [from, to] = [widths[stage - 1]!, widths[stage]!];
    layers.push(convolution(variable, `stage${stage}/down`, 3, from, to, 2, true));
    for (let block = 1; block <= blocks; block++) {
      const scope = `stage${stage}/block${block}`;
      const first = convolution(variable, `${scope}/conv1`, 3, to, to, 1, true);
      const second = convolution(variable, `${scope}/conv2`, 3, to, to, 1, false);
      layers.push(residual(variable, scope, to, (x) => second(first(x)), (x) => x));
    }
  }
  layers.push(convolution(variable, 'mix', 1, widths[3], features, 1, true));
  return { run: (x) => placesMean(layers.reduce((value, layer) => layer(value), tf.mul(tf.sub(x, 0.5), 2))), features };
}

/**
 * ResNet-50 in the form called v1.5 (He et al., 2016, with the stride in the 3 x 3 convolution), as Deep3D uses it: input in
 * 0..1 without mean and deviation, 2048 features. Differs: biases and SkipInit gains stand in place of batch normalisation,
 * and padding is TensorFlow's.
 */
function makeResNet50(variable: MakeVariable): Backbone {
  const stem = convolution(variable, 'stem', 7, 3, 64, 2, true);
  const layers: Layer[] = [stem, (x) => tf.maxPool(x as never, 3, 2, 'same')];
  let from = 64;
  [3, 4, 6, 3].forEach((blocks, index) => {
    const width = 64 * 2 ** index;
    for (let block = 1; block <= blocks; block++) {
      const stride = block === 1 && index > 0 ? 2 : 1;
      layers.push(bottleneck(variable, `stage${index + 1}/block${block}`, from, width, stride));
      from = 4 * width;
    }
  });
  return { run: (x) => placesMean(layers.reduce((value, layer) => layer(value), x)), features: from };
}

function bottleneck(variable: MakeVariable, scope: string, from: number, width: number, stride: number): Layer {
  const narrow = convolution(variable, `${scope}/conv1`, 1, from, width, 1, true);
  const spread = convolution(variable, `${scope}/conv2`, 3, width, width, stride, true);
  const widen = convolution(variable, `${scope}/conv3`, 1, width, 4 * width, 1, false);
  const short = from === 4 * width && stride === 1 ? (x: Parameters<Layer>[0]) => x : convolution(variable, `${scope}/short`, 1, from, 4 * width, stride, false);
  return residual(variable, scope, 4 * width, (x) => widen(spread(narrow(x))), short);
}
