/** Element by element on tensorflow, by loops of the addon where they fit: a call costs a fifth of an operation of TensorFlow. */
import type { tf } from '../tf.js';
import type { TensorflowBackend } from '../engines/tensorflow/binding.js';
import { adopt } from '../engines/tensorflow/host-memory.js';
import { replaceKernel } from './registry.js';
import { kernelOf } from './stock-kernels.js';

const backendName = 'tensorflow';

/** As in `elementwise.cc`. */
const operations = { add: 0, subtract: 1, multiply: 2, reluGradient: 3, relu: 4 } as const;

export function registerElementwise(): void {
  registerBinary('Add', operations.add, true);
  registerBinary('Sub', operations.subtract, false);
  registerBinary('Multiply', operations.multiply, true);
  registerRelu();
  registerReluGradient();
}

/** How the smaller operand b meets a: all of its numbers again in each row of a, or one for each row. Undefined for other ways. */
export function meeting(a: readonly number[], b: readonly number[]): 'row' | 'column' | undefined {
  if (b.length > a.length) return undefined;
  // What b has more of at the front, and what is one there, are repeated; the same at the back.
  const padded = [...new Array<number>(a.length - b.length).fill(1), ...b];
  const same = padded.map((extent, axis) => extent === a[axis]);
  const first = padded.findIndex((extent) => extent !== 1);
  if (first < 0) return 'column';
  const last = padded.findLastIndex((extent) => extent !== 1);
  if (!same.slice(first, last + 1).every(Boolean)) return undefined;
  if (same.slice(first).every(Boolean)) return 'row';
  return same.slice(0, last + 1).every(Boolean) ? 'column' : undefined;
}

function registerBinary(kernelName: string, operation: number, commutes: boolean): void {
  const stock = kernelOf(kernelName, backendName);
  replaceKernel(kernelName, backendName, ({ inputs, attributes, backend }) => {
    const engine = backend as TensorflowBackend;
    const [a, b] = [inputs['a']!, inputs['b']!];
    if (!engine.isUsingGpuDevice && a.dtype === 'float32' && b.dtype === 'float32') {
      const way = meeting(a.shape, b.shape);
      if (way) return combine(engine, operation, a, b, way === 'column');
      const swapped = commutes ? meeting(b.shape, a.shape) : undefined;
      if (swapped) return combine(engine, operation, b, a, swapped === 'column');
    }
    return stock({ inputs, attrs: attributes, backend });
  });
}

function registerRelu(): void {
  const stock = kernelOf('Relu', backendName);
  replaceKernel('Relu', backendName, ({ inputs, attributes, backend }) => {
    const x = inputs['x']!;
    const engine = backend as TensorflowBackend;
    if (engine.isUsingGpuDevice || x.dtype !== 'float32') return stock({ inputs, attrs: attributes, backend });
    return combine(engine, operations.relu, x, x, false);
  });
}

/** What `reluGradient` runs. */
function registerReluGradient(): void {
  replaceKernel('ReluGrad', backendName, ({ inputs, backend }) => {
    const engine = backend as TensorflowBackend;
    const [dy, y] = [inputs['dy']!, inputs['y']!];
    if (!engine.isUsingGpuDevice) return combine(engine, operations.reluGradient, dy, y, false);
    return engine.executeSingleOutput('ReluGrad', [{ name: 'T', type: engine.binding.TF_ATTR_TYPE, value: engine.binding.TF_FLOAT }], [dy, y]);
  });
}

function combine(engine: TensorflowBackend, operation: number, a: tf.TensorInfo, b: tf.TensorInfo, column: boolean): tf.TensorInfo {
  const [left, right] = engine.getInputTensorIds([a, b]);
  return adopt(engine, engine.binding.combine(operation, left!, right!, column), a.shape);
}
