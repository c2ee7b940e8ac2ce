/**
 * The operators of TensorFlow.js 4.22 that the system uses or that a stage is likely to reach for, and what is known about their
 * gradients. `test/gradients.test.ts` checks every row on every engine present; `flow doctor` prints them.
 */
import { fences } from './compat/fences.js';

/**
 * `stock`: right as TensorFlow.js ships it. `ours`: missing, wrong or slow there, and replaced. `fenced`: an error that names the
 * replacement.
 */
export type GradientState = 'stock' | 'ours' | 'fenced';

export interface OperatorEntry {
  /** As a stage calls it. */
  readonly operator: string;
  /** Name in the registries of TensorFlow.js. */
  readonly kernel: string;
  readonly gradient: GradientState;
  /** Kernels that only its gradient runs. */
  readonly backward: readonly string[];
  /** What was wrong; of a fenced gradient, what to use. */
  readonly note?: string;
}

type Row = readonly [operator: string, kernel: string, note?: string, backward?: readonly string[]];

const stock: readonly Row[] = [
  ['add', 'Add'], ['addN', 'AddN'], ['sub', 'Sub'], ['mul', 'Multiply'], ['div', 'RealDiv'], ['mod', 'Mod'],
  ['pow', 'Pow'], ['atan2', 'Atan2'],
  ['abs', 'Abs'], ['neg', 'Neg'], ['sign', 'Sign'], ['step', 'Step'], ['floor', 'Floor'], ['ceil', 'Ceil'], ['round', 'Round'],
  ['exp', 'Exp'], ['log', 'Log'], ['log1p', 'Log1p'], ['expm1', 'Expm1'],
  ['sqrt', 'Sqrt', 'infinite at 0: use safeSqrt'], ['rsqrt', 'Rsqrt'], ['square', 'Square'], ['reciprocal', 'Reciprocal'],
  ['sin', 'Sin'], ['cos', 'Cos'], ['tan', 'Tan'], ['asin', 'Asin'], ['acos', 'Acos'], ['atan', 'Atan'],
  ['sinh', 'Sinh'], ['cosh', 'Cosh'], ['tanh', 'Tanh'], ['sigmoid', 'Sigmoid'], ['softplus', 'Softplus'], ['erf', 'Erf'],
  ['relu', 'Relu'], ['relu6', 'Relu6'], ['leakyRelu', 'LeakyRelu'], ['prelu', 'Prelu'], ['selu', 'Selu'], ['clipByValue', 'ClipByValue'],
  ['mean', 'Mean'], ['max', 'Max'], ['min', 'Min'], ['prod', 'Prod'], ['softmax', 'Softmax'],
  ['argMax', 'ArgMax'], ['argMin', 'ArgMin'],
  ['cast', 'Cast'], ['clone', 'Identity'], ['reshape', 'Reshape'], ['expandDims', 'ExpandDims'], ['transpose', 'Transpose'], ['reverse', 'Reverse'],
  ['concat', 'Concat'], ['stack', 'Pack'], ['unstack', 'Unpack'], ['split', 'SplitV'], ['slice', 'Slice'], ['pad', 'PadV2'], ['tile', 'Tile'],
  ['broadcastTo', 'Tile'], ['where', 'Select'], ['onesLike', 'OnesLike'], ['zerosLike', 'ZerosLike'], ['oneHot', 'OneHot'],
  ['unsortedSegmentSum', 'UnsortedSegmentSum'], ['batchNorm', 'FusedBatchNorm', 'needs offset and scale: without either, an error says so'],
  ['conv2d', 'Conv2D', 'dilated: an error', ['Conv2DBackpropInput', 'Conv2DBackpropFilter']],
  ['conv2dTranspose', 'Conv2DBackpropInput', undefined, ['Conv2D', 'Conv2DBackpropFilter']],
  ['depthwiseConv2d', 'DepthwiseConv2dNative', 'dilated: an error', ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter']],
  ['fused.conv2d', 'FusedConv2D', undefined, ['Conv2DBackpropInput', 'Conv2DBackpropFilter']],
  ['fused.matMul', '_FusedMatMul'], ['elu', 'Elu', undefined, ['EluGrad']],
  ['maxPool', 'MaxPool', undefined, ['MaxPoolGrad']], ['avgPool', 'AvgPool', undefined, ['AvgPoolGrad']],
  ['image.resizeBilinear', 'ResizeBilinear', undefined, ['ResizeBilinearGrad']],
  ['image.resizeNearestNeighbor', 'ResizeNearestNeighbor', undefined, ['ResizeNearestNeighborGrad']],
];

const comparison = 'missing: the derivative is zero';
const broadcast = 'broadcast operand: throws';
const ours: readonly Row[] = [
  ['matMul', 'BatchMatMul', 'broadcast operand: wrong shape'],
  ['maximum', 'Maximum', broadcast], ['minimum', 'Minimum', broadcast], ['squaredDifference', 'SquaredDifference', broadcast],
  ['sum', 'Sum', 'ones made in JavaScript'],
  ['cumsum', 'Cumsum', 'transposed along every axis but the last'],
  ['floorDiv', 'FloorDiv', 'that of a division: the derivative is zero'],
  ['gather', 'GatherV2', 'slow; integer gradient of the indices'],
  ['gatherND', 'GatherNd', 'missing', ['ScatterNd']], ['scatterND', 'ScatterNd', 'missing', ['GatherNd']],
  ['stridedSlice', 'StridedSlice', 'missing'],
  ['greater', 'Greater', comparison], ['greaterEqual', 'GreaterEqual', comparison], ['less', 'Less', comparison], ['lessEqual', 'LessEqual', comparison],
  ['equal', 'Equal', comparison], ['notEqual', 'NotEqual', comparison], ['logicalAnd', 'LogicalAnd', comparison],
  ['logicalOr', 'LogicalOr', comparison], ['logicalNot', 'LogicalNot', comparison],
];

const entry = (gradient: GradientState) => ([operator, kernel, note, backward = []]: Row): OperatorEntry => ({ operator, kernel, gradient, note, backward });

export const operatorTable: readonly OperatorEntry[] = [
  ...stock.map(entry('stock')), ...ours.map(entry('ours')),
  ...Object.entries(fences).map(([kernel, { operator, cure }]) => entry('fenced')([operator, kernel, cure])),
];
