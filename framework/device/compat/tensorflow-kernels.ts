/** Kernels of tfjs-node that run more operations, or copy more, than they need to. */
import { tf, type Tensor } from '../tf.js';
import type { OpAttribute, TensorflowBackend } from '../engines/tensorflow/binding.js';
import { replaceKernel } from './registry.js';
import { kernelOf } from './stock-kernels.js';
import { registerConvolutions } from './tensorflow-convolutions.js';
import { registerElementwise } from './tensorflow-elementwise.js';

const backendName = 'tensorflow';

export function registerTensorflowKernels(): void {
  registerReshape();
  registerStep();
  registerElementwise();
  registerConvolutions();
  registerMatMul();
  registerGather();
}

const backendOf = (backend: tf.KernelBackend): TensorflowBackend => backend as TensorflowBackend;

const typeOf = ({ binding }: TensorflowBackend, name: string, dtype: 'float32' | 'int32'): OpAttribute => ({
  name, type: binding.TF_ATTR_TYPE, value: dtype === 'int32' ? binding.TF_INT32 : binding.TF_FLOAT,
});

/** What TensorFlow.js's checks of shapes read. */
const withRank = ({ shape }: tf.TensorInfo): Tensor => ({ shape, rank: shape.length }) as Tensor;

/** Stock runs an operation and uploads the shape for it; here it is another name for the same memory. */
function registerReshape(): void {
  const stock = kernelOf('Reshape', backendName);
  replaceKernel('Reshape', backendName, ({ inputs, attributes, backend }) => {
    const x = inputs['x']!;
    const { tensorMap, binding, isUsingGpuDevice } = backendOf(backend);
    if (isUsingGpuDevice || x.dtype === 'string') return stock({ inputs, attrs: attributes, backend });
    const size = tf.util.sizeFromShape(x.shape);
    const shape = tf.util.inferFromImplicitShape(attributes['shape'] as number[], size);
    const data = tensorMap.get(x.dataId);
    const dataId = {};
    tensorMap.set(dataId, { ...data, shape, id: data.values ? data.id : binding.reshape(data.id, shape), refCount: 1 });
    return { dataId, shape, dtype: x.dtype };
  });
}

/** Stock asks for NaN, compares and selects: five operations of the size of x. */
function registerStep(): void {
  const stock = kernelOf('Step', backendName);
  replaceKernel('Step', backendName, ({ inputs, attributes, backend }) => {
    const x = inputs['x']!;
    if (x.dtype !== 'float32' || (attributes['alpha'] ?? 0) !== 0) return stock({ inputs, attrs: attributes, backend });
    const engine = backendOf(backend);
    const type = [typeOf(engine, 'T', 'float32')];
    const sign = engine.executeSingleOutput('Sign', type, [x]);
    const step = engine.executeSingleOutput('Relu', type, [sign]);
    sign.dispose();
    return step;
  });
}

/** The message that other engines give. */
function registerMatMul(): void {
  const stock = kernelOf('BatchMatMul', backendName);
  replaceKernel('BatchMatMul', backendName, ({ inputs, attributes, backend }) => {
    const [a, b] = [inputs['a']!.shape, inputs['b']!.shape];
    const inner = [attributes['transposeA'] ? a.at(-2) : a.at(-1), attributes['transposeB'] ? b.at(-1) : b.at(-2)];
    if (inner[0] !== inner[1]) throw new RangeError(`matMul: inner shapes (${inner.join(') and (')}) of [${a.join(', ')}] and [${b.join(', ')}] must match`);
    return stock({ inputs, attrs: attributes, backend });
  });
}

/** Stock reads the indices back to look at each. TensorFlow does so itself on the CPU. */
function registerGather(): void {
  const stock = kernelOf('GatherV2', backendName);
  replaceKernel('GatherV2', backendName, ({ inputs, attributes, backend }) => {
    const [x, indices] = [inputs['x']!, inputs['indices']!];
    const engine = backendOf(backend);
    if (engine.isUsingGpuDevice || x.dtype !== 'float32' || indices.dtype !== 'int32') return stock({ inputs, attrs: attributes, backend });
    const batchDims = (attributes['batchDims'] as number | undefined) ?? 0;
    const axis = tf.util.parseAxisParam(attributes['axis'] as number, x.shape)[0]!;
    tf.backend_util.segment_util.collectGatherOpShapeInfo(withRank(x), withRank(indices), axis, batchDims);
    const place = tf.scalar(axis, 'int32');
    const attrs: OpAttribute[] = [
      { name: 'batch_dims', type: engine.binding.TF_ATTR_INT, value: batchDims },
      typeOf(engine, 'Tparams', 'float32'), typeOf(engine, 'Tindices', 'int32'), typeOf(engine, 'Taxis', 'int32'),
    ];
    const result = engine.executeSingleOutput('GatherV2', attrs, [x, indices, place]);
    place.dispose();
    return result;
  });
}
