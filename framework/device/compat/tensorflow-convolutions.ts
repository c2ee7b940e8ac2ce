/**
 * Convolutions and pooling on tensorflow's CPU: of 1 × 1 as products of matrices, of single channels and the gradient of maximum
 * pooling by loops of the addon, bias and `relu` in place. CUDA keeps the stock kernels.
 */
import { tf } from '../tf.js';
import type { OpAttribute, TensorflowBackend } from '../engines/tensorflow/binding.js';
import { adopt } from '../engines/tensorflow/host-memory.js';
import { convGeometry, poolGeometry, type ConvGeometry } from './conv-geometry.js';
import { replaceKernel } from './registry.js';
import { kernelOf, type StockKernel } from './stock-kernels.js';

const backendName = 'tensorflow';

type Attributes = Readonly<Record<string, unknown>>;

export function registerConvolutions(): void {
  const plain = registerPointwise();
  registerFused(plain);
  registerPointwiseGradients();
  registerDepthwise();
  registerMaxPoolGradient();
}

interface Matrix {
  readonly info: tf.TensorInfo;
  readonly columns: number;
  readonly transpose?: boolean;
}

/**
 * a · b of two tensors seen as matrices, with the given shape. Not TensorFlow's `MatMul`: with it the heap was destroyed under Node's profiler
 * (the trace ends in `MklMatMulOp`; the cause was not found), with `BatchMatMulV2` never.
 */
function product(engine: TensorflowBackend, a: Matrix, b: Matrix, shape: readonly number[]): tf.TensorInfo {
  const { binding } = engine;
  const seen = [a, b].map(({ info, columns }) => {
    const rows = tf.util.sizeFromShape(info.shape) / columns;
    return adopt(engine, binding.reshape(engine.getInputTensorIds([info])[0]!, [rows, columns]), [rows, columns]);
  });
  const attributes: OpAttribute[] = [
    { name: 'adj_x', type: binding.TF_ATTR_BOOL, value: a.transpose ?? false },
    { name: 'adj_y', type: binding.TF_ATTR_BOOL, value: b.transpose ?? false },
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
  ];
  const made = engine.executeSingleOutput('BatchMatMulV2', attributes, seen);
  const result = adopt(engine, binding.reshape(engine.getInputTensorIds([made])[0]!, shape), shape);
  made.dispose();
  for (const { dataId } of seen) engine.disposeData(dataId);
  return result;
}

/** A convolution of 1 × 1 with stride 1, where nothing is padded. */
function isPointwise(filterShape: readonly number[], { strides, pad, dataFormat }: Attributes): boolean {
  return filterShape[0] === 1 && filterShape[1] === 1 && [strides].flat().every((stride) => stride === 1) && (dataFormat ?? 'NHWC') === 'NHWC' &&
    (pad === 0 || pad === 'same' || pad === 'valid');
}

function registerPointwise(): StockKernel {
  const stock = kernelOf('Conv2D', backendName);
  const plain: StockKernel = ({ inputs, attrs, backend }) => {
    const [x, filter] = [inputs['x']!, inputs['filter']!];
    const engine = backend as TensorflowBackend;
    if (engine.isUsingGpuDevice || !isPointwise(filter.shape, attrs as Attributes)) return stock({ inputs, attrs, backend });
    const [from, to] = filter.shape.slice(2) as [number, number];
    return product(engine, { info: x, columns: from }, { info: filter, columns: to }, [...x.shape.slice(0, 3), to]);
  };
  replaceKernel('Conv2D', backendName, ({ inputs, attributes, backend }) => plain({ inputs, attrs: attributes, backend }));
  return plain;
}

/** Stock adds the bias and takes `relu` in passes of their own, each into new memory. */
function registerFused(plain: StockKernel): void {
  const stock = kernelOf('FusedConv2D', backendName);
  replaceKernel('FusedConv2D', backendName, ({ inputs, attributes, backend }) => {
    const { bias } = inputs;
    const { activation } = attributes as { activation?: string | null };
    const engine = backend as TensorflowBackend;
    const simple = bias?.shape.length === 1 && bias.shape[0] === inputs['filter']!.shape[3] && (activation === 'linear' || activation === 'relu');
    if (!simple || engine.isUsingGpuDevice) return stock({ inputs, attrs: attributes, backend });
    const result = plain({ inputs: { x: inputs['x']!, filter: inputs['filter']! }, attrs: attributes, backend });
    const [values, offsets] = engine.getInputTensorIds([result, bias!]);
    engine.binding.addBias(values!, offsets!, activation === 'relu');
    return result;
  });
}

function registerPointwiseGradients(): void {
  const [stockInput, stockFilter] = [kernelOf('Conv2DBackpropInput', backendName), kernelOf('Conv2DBackpropFilter', backendName)];
  replaceKernel('Conv2DBackpropInput', backendName, ({ inputs, attributes, backend }) => {
    const [dy, filter] = [inputs['dy']!, inputs['filter']!];
    const engine = backend as TensorflowBackend;
    if (engine.isUsingGpuDevice || !isPointwise(filter.shape, attributes)) return stockInput({ inputs, attrs: attributes, backend });
    const columns = filter.shape[3]!;
    return product(engine, { info: dy, columns }, { info: filter, columns, transpose: true }, attributes['inputShape'] as number[]);
  });
  replaceKernel('Conv2DBackpropFilter', backendName, ({ inputs, attributes, backend }) => {
    const [x, dy] = [inputs['x']!, inputs['dy']!];
    const shape = attributes['filterShape'] as number[];
    const engine = backend as TensorflowBackend;
    if (engine.isUsingGpuDevice || !isPointwise(shape, attributes)) return stockFilter({ inputs, attrs: attributes, backend });
    return product(engine, { info: x, columns: shape[2]!, transpose: true }, { info: dy, columns: shape[3]! }, shape);
  });
}

/** The numbers of `windows.h`. */
function windowsOf(g: ConvGeometry): Int32Array {
  return Int32Array.of(
    g.batch, g.inHeight, g.inWidth, g.inChannels, g.outHeight, g.outWidth, g.filterHeight, g.filterWidth, g.strideHeight, g.strideWidth, g.padTop, g.padLeft,
  );
}

/** The addon's loops of depthwise convolutions: which two inputs each reads, and the number that its channels are a multiple of. */
const depthwiseLoops = [
  { kernel: 'DepthwiseConv2dNative', loop: 'depthwise', inputs: ['x', 'filter'], channels: 1 },
  { kernel: 'DepthwiseConv2dNativeBackpropInput', loop: 'depthwiseInputGradient', inputs: ['dy', 'filter'], channels: 1 },
  { kernel: 'DepthwiseConv2dNativeBackpropFilter', loop: 'depthwiseFilterGradient', inputs: ['x', 'dy'], channels: 16 },
] as const;

function registerDepthwise(): void {
  for (const { kernel, loop, inputs: [left, right], channels } of depthwiseLoops) {
    const stock = kernelOf(kernel, backendName);
    replaceKernel(kernel, backendName, ({ inputs, attributes, backend }) => {
      const engine = backend as TensorflowBackend;
      const filterShape = inputs['filter']?.shape ?? (attributes['filterShape'] as number[]);
      const dilated = [attributes['dilations'] ?? 1].flat().some((dilation) => dilation !== 1);
      if (engine.isUsingGpuDevice || dilated || filterShape[3] !== 1 || filterShape[2]! % channels !== 0) return stock({ inputs, attrs: attributes, backend });
      const g = convGeometry(inputs['x']?.shape ?? (attributes['inputShape'] as number[]), filterShape, attributes, true);
      const shape = {
        depthwise: [g.batch, g.outHeight, g.outWidth, g.outChannels],
        depthwiseInputGradient: [g.batch, g.inHeight, g.inWidth, g.inChannels],
        depthwiseFilterGradient: filterShape,
      }[loop];
      const [a, b] = engine.getInputTensorIds([inputs[left]!, inputs[right]!]);
      return adopt(engine, engine.binding[loop](a!, b!, windowsOf(g)), shape);
    });
  }
}

function registerMaxPoolGradient(): void {
  const stock = kernelOf('MaxPoolGrad', backendName);
  replaceKernel('MaxPoolGrad', backendName, ({ inputs, attributes, backend }) => {
    const engine = backend as TensorflowBackend;
    const [dy, x, y] = [inputs['dy']!, inputs['input']!, inputs['output']!];
    if (engine.isUsingGpuDevice) return stock({ inputs, attrs: attributes, backend });
    const [slopes, values, largest] = engine.getInputTensorIds([dy, x, y]);
    return adopt(engine, engine.binding.maxPoolGradient(slopes!, values!, largest!, windowsOf(poolGeometry(x.shape, attributes))), x.shape);
  });
}
