/**
 * Convolutions with explicit padding on tensorflow: its binding refuses numbers, and refuses all explicit padding in the gradients.
 * Zeros are padded on first, and the gradient of the input is cut out of that of the padded image.
 */
import { tf, type Tensor } from '../tf.js';
import { replaceKernel, type KernelImplementation } from './registry.js';
import { asTensor, kernelOf } from './stock-kernels.js';

type Attributes = Readonly<Record<string, unknown>>;
type Shape4 = [number, number, number, number];
type Frame = [[number, number], [number, number], [number, number], [number, number]];

interface ConvolutionKernel {
  readonly name: string;
  readonly depthwise: boolean;
  /** Where the shape of the image and of the filter stand: an input, or an attribute of that name. */
  readonly image: string;
  readonly filter: string;
}

const kernels: readonly ConvolutionKernel[] = [
  { name: 'Conv2D', depthwise: false, image: 'x', filter: 'filter' },
  { name: 'FusedConv2D', depthwise: false, image: 'x', filter: 'filter' },
  { name: 'Conv2DBackpropInput', depthwise: false, image: 'inputShape', filter: 'filter' },
  { name: 'Conv2DBackpropFilter', depthwise: false, image: 'x', filter: 'filterShape' },
  { name: 'DepthwiseConv2dNative', depthwise: true, image: 'x', filter: 'filter' },
  { name: 'DepthwiseConv2dNativeBackpropInput', depthwise: true, image: 'inputShape', filter: 'filter' },
  { name: 'DepthwiseConv2dNativeBackpropFilter', depthwise: true, image: 'x', filter: 'filterShape' },
];

export function registerExplicitPadding(backendName: string): void {
  for (const kernel of kernels) {
    const stock = kernelOf(kernel.name, backendName);
    const padded: KernelImplementation = ({ inputs, attributes, backend }) => {
      const shapeOf = (name: string): Shape4 => [...(inputs[name]?.shape ?? (attributes[name] as readonly number[]))] as Shape4;
      const image = shapeOf(kernel.image);
      const frame = frameOf(image, shapeOf(kernel.filter), attributes, kernel.depthwise);
      if (frame === undefined) return stock({ inputs, attrs: attributes, backend });
      return tf.tidy(() => {
        const run = (attrs: object, wider: object = {}): Tensor =>
          asTensor(stock({ inputs: { ...inputs, ...wider }, attrs: { ...attributes, pad: 'valid', ...attrs }, backend }));
        const x = inputs['x'];
        if (x) return run({}, { x: tf.pad(asTensor(x), frame) });
        const whole = image.map((extent, axis) => extent + frame[axis]![0] + frame[axis]![1]);
        return run({ inputShape: whole }).slice(frame.map(([before]) => before), image);
      });
    };
    replaceKernel(kernel.name, backendName, padded);
  }
}

/** Zeros before and after each axis; undefined where the padding is `same` or `valid`. */
function frameOf(image: Shape4, filter: Shape4, { strides, dilations, pad, dimRoundingMode }: Attributes, depthwise: boolean): Frame | undefined {
  if (typeof pad === 'string') return undefined;
  const { padInfo } = tf.backend_util.computeConv2DInfo(
    image, filter, strides as [number, number], (dilations as [number, number] | undefined) ?? 1, pad as number, dimRoundingMode as 'floor' | undefined, depthwise,
  );
  return [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]];
}
