/** Functions whose gradients are checked numerically, for shapes that hide no mistake. */
import { int32, type HostTensor } from '../../values/host-tensor.js';
import { normalTensor, uniformTensor } from '../../testing/index.js';
import { matMulShared, resizeByMatrices, safeNorm, safeSqrt, stopGradient, tf, withoutTape, type Tensor } from '../index.js';

/** Inputs are host tensors, or shapes that are filled with normal numbers. */
export type Case = readonly [name: string, f: (...inputs: Tensor[]) => Tensor | Tensor[], inputs: readonly (HostTensor | readonly number[])[]];
type T4 = ReturnType<typeof tf.tensor4d>;

const image = [2, 5, 7, 3] as const;
const positive = (shape: readonly number[]): HostTensor => uniformTensor(shape, 0.5, 2);
const inside = (shape: readonly number[]): HostTensor => uniformTensor(shape, -0.9, 0.9);
/** Values at least 0.05 from every multiple of 0.25, so that steps of 0.01 cross no kink, and all different. */
const offKinks = (shape: readonly number[]): HostTensor => {
  const host = normalTensor(shape, 'kinks');
  return { ...host, data: Float32Array.from(host.data, (value, index) => Math.floor(value * 4) / 4 + 0.05 + (0.15 * (index + 1)) / (host.data.length + 1)) };
};

const products: readonly Case[] = [
  ['matMul', (a, b) => tf.matMul(a!, b!), [[3, 5], [5, 2]]],
  ['matMul, first transposed', (a, b) => tf.matMul(a!, b!, true, false), [[5, 3], [5, 2]]],
  ['matMul, second transposed', (a, b) => tf.matMul(a!, b!, false, true), [[3, 5], [2, 5]]],
  ['matMul, both transposed', (a, b) => tf.matMul(a!, b!, true, true), [[5, 3], [2, 5]]],
  ['matMul, small by large', (a, b, c) => [tf.matMul(a!, b!, false, true), tf.matMul(c!, a!, true, true)], [[2, 30], [20, 30], [30, 25]]],
  ['matMul, large by small', (a, b) => tf.matMul(a!, b!, true, false), [[30, 20], [30, 2]]],
  ['matMul, batched', (a, b) => tf.matMul(a!, b!), [[2, 3, 5], [2, 5, 4]]],
  ['matMul, batched, first transposed', (a, b) => tf.matMul(a!, b!, true, false), [[2, 5, 3], [2, 5, 4]]],
  ['matMul, batched, second transposed', (a, b) => tf.matMul(a!, b!, false, true), [[2, 2, 3, 5], [2, 2, 4, 5]]],
  ['matMul, matrix on the right shared', (a, b) => tf.matMul(a!, b!), [[2, 3, 5], [5, 4]]],
  ['matMul, matrix on the left shared', (a, b) => tf.matMul(a!, b!), [[3, 5], [2, 5, 4]]],
  ['matMulShared', (x, w) => matMulShared(x!, w!), [[2, 3, 5], [5, 4]]],
  ['fused matMul with bias', (a, b, bias) => tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation: 'elu' }), [[3, 5], [5, 2], [2]]],
  ['fused matMul with bias alone', (a, b, bias) => tf.fused.matMul({ a: a!, b: b!, bias: bias! }), [[3, 5], [5, 2], [2]]],
  ['dot', (a, b) => tf.dot(a!, b!), [[5], [5]]],
];

const elementwise: readonly Case[] = [
  ['add, broadcast', (a, b) => a!.add(b!), [[2, 3, 4], [3, 1]]],
  ['sub, broadcast', (a, b) => a!.sub(b!), [[2, 3, 4], [4]]],
  ['mul, broadcast', (a, b) => a!.mul(b!), [[2, 3, 4], [2, 1, 4]]],
  ['div, broadcast', (a, b) => a!.div(b!), [[2, 3, 4], positive([3, 1])]],
  ['addN', (a, b, c) => tf.addN([a!, b!, c!]), [[3, 4], [3, 4], [3, 4]]],
  ['maximum, minimum', (a) => [a!.maximum(0), a!.minimum(0.25)], [offKinks([3, 5])]],
  ['clipByValue', (a) => a!.clipByValue(-0.5, 0.5), [offKinks([3, 5])]],
  ['abs', (a) => a!.abs(), [offKinks([3, 5])]],
  ['relu', (a) => tf.relu(a!), [offKinks(image)]],
  ['relu6', (a) => tf.relu6(a!.mul(4)), [offKinks([3, 5])]],
  ['leakyRelu', (a) => tf.leakyRelu(a!, 0.2), [offKinks([3, 5])]],
  ['elu', (a) => tf.elu(a!), [offKinks(image)]],
  ['sigmoid', (a) => a!.sigmoid(), [[3, 5]]],
  ['tanh', (a) => a!.tanh(), [[3, 5]]],
  ['softplus', (a) => a!.softplus(), [[3, 5]]],
  ['exp', (a) => a!.exp(), [[3, 5]]],
  ['log', (a) => a!.log(), [positive([3, 5])]],
  ['sqrt, rsqrt', (a) => [a!.sqrt(), a!.rsqrt()], [positive([3, 5])]],
  ['square, pow', (a) => [a!.square(), a!.pow(3)], [positive([3, 5])]],
  ['reciprocal', (a) => a!.reciprocal(), [positive([3, 5])]],
  ['sin, cos', (a) => [a!.sin(), a!.cos()], [[3, 5]]],
  ['asin, acos', (a) => [a!.asin(), a!.acos()], [inside([3, 5])]],
  ['atan, atan2', (a, b) => [a!.atan(), a!.atan2(b!)], [[3, 5], positive([3, 5])]],
  ['safeSqrt, safeNorm', (a) => [safeSqrt(a!.square().add(0.01)), safeNorm(a!), safeNorm(a!, 1, true)], [[3, 4, 2]]],
  ['where with a mask of the value itself', (a) => tf.where(a!.greater(0), a!.square(), a!.mul(3)), [offKinks([3, 5])]],
  ['sinh, cosh, tan', (a) => [a!.sinh(), a!.cosh(), a!.tan()], [inside([3, 5])]],
  ['erf, expm1, log1p', (a) => [a!.erf(), a!.expm1(), a!.log1p()], [inside([3, 5])]],
  ['prelu, selu', (a, b) => [tf.prelu(a!, b!), tf.selu(a!)], [offKinks([3, 5]), positive([5])]],
  ['pow of tensors, broadcast', (a, b) => a!.pow(b!), [positive([2, 3, 5]), [3, 1]]],
  ['mod, broadcast', (a, b) => a!.mod(b!), [offKinks([2, 3, 5]), { ...positive([5]), data: new Float32Array([50, 51, 52, 53, 54]) }]],
  ['maximum, minimum of tensors, broadcast', (a, b) => [a!.maximum(b!), a!.minimum(b!)], [offKinks([2, 3, 5]), { ...positive([5]), data: new Float32Array(5) }]],
  ['squaredDifference, neg', (a, b) => tf.squaredDifference(a!, b!).neg(), [[2, 3, 5], [3, 1]]],
  ['steps are flat', (a) => [a!.floor(), a!.ceil(), a!.round(), a!.sign(), a!.step(), a!.floorDiv(tf.scalar(0.25)), a!.greater(0).cast('float32'), a!.less(1).toFloat()].map((flat) => flat.mul(a!)), [offKinks([3, 5])]],
  ['notEqual', (a) => a!.mul(a!.notEqual(7).toFloat()), [offKinks([3, 5])]],
  ['onesLike, zerosLike', (a) => tf.onesLike(a!).add(tf.zerosLike(a!)).mul(a!), [[3, 5]]],
  ['where, broadcast mask', (a, b) => tf.where(tf.tensor2d([[1], [0], [1]], [3, 1], 'bool'), a!, b!), [[3, 4], [3, 4]]],
  ['masks and logic', (a) => a!.mul(a!.greaterEqual(0).logicalAnd(a!.lessEqual(1).logicalOr(a!.equal(9))).logicalNot().toFloat()), [offKinks([3, 5])]],
  ['huber by where', (a) => tf.where(a!.abs().less(0.5), a!.square().mul(0.5), a!.abs().mul(0.5).sub(0.125)), [offKinks([3, 5])]],
];

const reductions: readonly Case[] = [
  ['sum, mean of one axis', (a) => [a!.sum(1), a!.mean([0, 2]), a!.mean()], [[3, 4, 5]]],
  ['max, min', (a) => [a!.max(1), a!.min([0, 2])], [offKinks([3, 4, 5])]],
  ['prod', (a) => a!.prod(1), [positive([3, 4])]],
  ['norm', (a) => a!.norm('euclidean', 1), [positive([3, 4])]],
  ['softmax, logSoftmax', (a) => [tf.softmax(a!), tf.logSoftmax(a!)], [[3, 5]]],
  ['logSumExp', (a) => tf.logSumExp(a!, 1), [[3, 5]]],
  ['cumsum of every axis', (a) => [a!.cumsum(0), a!.cumsum(1, true), a!.cumsum(2, false, true)], [[3, 3, 3]]],
  ['argMax, argMin as indices', (a) => [tf.gather(a!.mul(a!), a!.argMax(0), 0), a!.mul(tf.oneHot(a!.argMin(1), 5))], [offKinks([5, 5])]],
  ['moments', (a) => { const { mean, variance } = tf.moments(a!, [1, 2]); return [mean, variance]; }, [image]],
];

const mask = int32([1, 0, 1, 1, 0], [5]);
const movements: readonly Case[] = [
  ['concat of every axis', (a, b) => [tf.concat([a!, b!], 0), tf.concat([a!, b!], 1), tf.concat([a!, b!], 2), tf.concat([a!, b!], 3)], [image, image]],
  ['stack, unstack', (a, b) => [tf.stack([a!, b!], 1), ...tf.unstack(a!, 2)], [[3, 4, 2], [3, 4, 2]]],
  ['split', (a) => tf.split(a!, [1, 4, 2], 2), [image]],
  ['slice', (a) => [a!.slice([0, 1, 2, 1], [2, 3, 4, 2]), a!.slice([1], [1]), a!.slice([0, 2], [-1, 2])], [image]],
  ['stridedSlice', (a) => [tf.stridedSlice(a!, [0, 4, 1, 0], [2, 0, 7, 3], [1, -2, 3, 1]), tf.stridedSlice(a!, [1, 0, 5, 2], [2, 5, 0, 3], [1, 2, -3, 1])], [image]],
  ['pad', (a) => tf.pad(a!, [[0, 1], [2, 0], [1, 3], [0, 0]]), [image]],
  ['reshape, expandDims, squeeze', (a) => a!.reshape([2, 35, 3]).expandDims(1).squeeze([1]), [image]],
  ['transpose', (a) => [a!.transpose([0, 3, 1, 2]), a!.transpose([3, 2, 1, 0]), a!.transpose()], [image]],
  ['tile', (a) => [a!.tile([1, 2, 3]), a!.tile([3, 1, 1]), a!.tile([2, 3, 1])], [[2, 3, 2]]],
  ['broadcastTo', (a) => a!.broadcastTo([4, 3, 5]), [[3, 1]]],
  ['reverse', (a) => a!.reverse([1, 2]), [image]],
  ['gather of every axis', (a, rows) => [tf.gather(a!, [1, 0, 1], 0), tf.gather(a!, rows!.toInt(), 1), tf.gather(a!, [[6, 0], [3, 6]], 2)], [image, mask]],
  ['gather with a batch axis', (a) => tf.gather(a!, tf.tensor2d([[4, 0, 4], [1, 1, 2]], [2, 3], 'int32'), 1, 1), [image]],
  ['gatherND', (a) => tf.gatherND(a!, tf.tensor2d([[0, 4], [1, 1], [0, 4]], [3, 2], 'int32')), [image]],
  ['scatterND', (a) => tf.scatterND(tf.tensor2d([[4], [0], [4]], [3, 1], 'int32'), a!, [6, 2]), [[3, 2]]],
  ['unsortedSegmentSum', (a) => tf.unsortedSegmentSum(a!, tf.tensor1d([2, 0, 2, -1, 1], 'int32'), 4), [[5, 3]]],
  ['cast and clone', (a) => a!.clone().cast('float32').mul(2), [[3, 5]]],
  ['booleanMask by mul', (a, m) => a!.mul(m!.toFloat()), [[3, 5], mask]],
  ['stopGradient, withoutTape', (a) => a!.mul(stopGradient(a!).sub(stopGradient(a!))).add(withoutTape(() => a!.mul(0))).add(a!), [[3, 5]]],
];

const images: readonly Case[] = [
  ['maxPool 3/2 same', (a) => tf.maxPool(a as T4, 3, 2, 'same'), [offKinks([2, 5, 7, 2])]],
  ['maxPool of whole vectors', (a) => tf.maxPool(a as T4, 3, 1, 'same'), [offKinks([1, 4, 3, 8])]],
  ['avgPool with a rest', (a) => tf.avgPool(a as T4, 3, 2, 'same'), [[1, 5, 3, 6]]],
  ['maxPool 2×3 valid', (a) => tf.maxPool(a as T4, [2, 3], [2, 1], 'valid'), [offKinks([2, 5, 7, 2])]],
  ['avgPool 3/2 same', (a) => tf.avgPool(a as T4, 3, 2, 'same'), [image]],
  ['avgPool 2×3 valid', (a) => tf.avgPool(a as T4, [2, 3], [1, 2], 'valid'), [image]],
  ['global average', (a) => a!.mean([1, 2]), [image]],
  ['batchNorm', (a, mean, variance, offset, scale) => tf.batchNorm(a!, mean as never, variance as never, offset as never, scale as never, 1e-3), [image, [3], positive([3]), [3], [3]]],
  ['resizeByMatrices up and down', (a) => [resizeByMatrices(a!, 11, 9), resizeByMatrices(a!, 3, 4)], [image]],
  ['resizeNearestNeighbor', (a) => tf.image.resizeNearestNeighbor(a as T4, [10, 14]), [image]],
  ['resizeBilinear', (a) => [tf.image.resizeBilinear(a as T4, [9, 4], false, true), tf.image.resizeBilinear(a as T4, [3, 11], true), tf.image.resizeBilinear(a as T4, [6, 5])], [image]],
  ['resizeNearestNeighbor with half-pixel centres', (a) => tf.image.resizeNearestNeighbor(a as T4, [4, 11], false, true), [image]],
  ['conv2d', (a, filter) => tf.conv2d(a as T4, filter as T4, 2, 'same'), [image, [3, 2, 3, 4]]],
  ['depthwiseConv2d', (a, filter) => tf.depthwiseConv2d(a as T4, filter as T4, 1, 'same'), [image, [3, 2, 3, 2]]],
  ['fused conv2d', (a, filter, bias) => tf.fused.conv2d({ x: a as T4, filter: filter as T4, strides: 1, pad: 'same', bias: bias! }), [image, [3, 2, 3, 4], [4]]],
  ['conv2dTranspose', (a, filter) => tf.conv2dTranspose(a as T4, filter as T4, [2, 9, 13, 4], 2, 'same'), [image, [3, 3, 4, 3]]],
  ['separableConv2d', (a, d, p) => tf.separableConv2d(a as T4, d as T4, p as T4, 1, 'same'), [image, [3, 3, 3, 1], [1, 1, 3, 4]]],
];

/** By what is differentiated. */
export const gradientCases: readonly Case[] = [...products, ...elementwise, ...reductions, ...movements, ...images];
