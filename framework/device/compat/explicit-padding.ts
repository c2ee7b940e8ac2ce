/**
 * Convolutions with explicit padding on tensorflow. TensorFlow knows it; its binding refuses a single number in the forward pass,
 * and everything explicit in the gradients.
 */
import { tf } from '../tf.js';
import type { TensorflowBackend } from '../engines/tensorflow/binding.js';
import { replaceKernel } from './registry.js';
import { kernelOf } from './stock-kernels.js';

type Attributes = Readonly<Record<string, unknown>>;
type Shape4 = [number, number, number, number];

const forward = [['Conv2D', false], ['FusedConv2D', false], ['DepthwiseConv2dNative', true], ['FusedDepthwiseConv2D', true]] as const;
const backward = [['Conv2D', false], ['DepthwiseConv2dNative', true]] as const;

export function registerExplicitPadding(backendName: string): void {
  for (const [name, depthwise] of forward) {
    const stock = kernelOf(name, backendName);
    replaceKernel(name, backendName, ({ inputs, attributes, backend }) => {
      if (typeof attributes['pad'] !== 'number') return stock({ inputs, attrs: attributes, backend });
      const { top, bottom, left, right } = convolutionOf(inputs['x']!.shape, inputs['filter']!.shape, attributes, depthwise).padInfo;
      return stock({ inputs, attrs: { ...attributes, pad: [[0, 0], [top, bottom], [left, right], [0, 0]] }, backend });
    });
  }
  for (const [name, depthwise] of backward) {
    registerGradient(`${name}BackpropInput`, backendName, depthwise);
    registerGradient(`${name}BackpropFilter`, backendName, depthwise);
  }
}

function registerGradient(name: string, backendName: string, depthwise: boolean): void {
  const stock = kernelOf(name, backendName);
  replaceKernel(name, backendName, ({ inputs, attributes, backend }) => {
    if (typeof attributes['pad'] === 'string') return stock({ inputs, attrs: attributes, backend });
    const shapeOf = (input: string): readonly number[] => inputs[input]?.shape ?? (attributes[input === 'x' ? 'inputShape' : 'filterShape'] as number[]);
    const convolution = convolutionOf(shapeOf('x'), shapeOf('filter'), attributes, depthwise);
    const { binding } = backend as unknown as TensorflowBackend;
    const { top, bottom, left, right } = convolution.padInfo;
    const wanted = tf.tensor1d([...shapeOf(name.endsWith('Input') ? 'x' : 'filter')], 'int32');
    const result = (backend as unknown as TensorflowBackend).executeSingleOutput(
      name,
      [
        { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
        { name: 'strides', type: binding.TF_ATTR_INT, value: [1, convolution.strideHeight, convolution.strideWidth, 1] },
        { name: 'padding', type: binding.TF_ATTR_STRING, value: 'EXPLICIT' },
        { name: 'explicit_paddings', type: binding.TF_ATTR_INT, value: [0, 0, top, bottom, left, right, 0, 0] },
        { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
        { name: 'dilations', type: binding.TF_ATTR_INT, value: [1, convolution.dilationHeight, convolution.dilationWidth, 1] },
      ],
      name.endsWith('Input') ? [wanted, inputs['filter']!, inputs['dy']!] : [inputs['x']!, wanted, inputs['dy']!],
    );
    wanted.dispose();
    return result;
  });
}

function convolutionOf(image: readonly number[], filter: readonly number[], { strides, dilations, pad, dimRoundingMode }: Attributes, depthwise: boolean) {
  return tf.backend_util.computeConv2DInfo(
    [...image] as Shape4, [...filter] as Shape4, strides as [number, number], (dilations as [number, number] | undefined) ?? 1, pad as number,
    dimRoundingMode as 'floor' | undefined, depthwise,
  );
}
