/**
 * A network as the list of its kernel calls. TensorFlow.js walks a graph, looks each operation up and accounts for each tensor anew at every
 * call; with small networks and one picture at a time that takes up to half as long as the kernels themselves. A network whose shapes never
 * change makes the same calls in the same order, so they are captured once and replayed from then on (as CUDA graphs do).
 */
import { tf, type Tensor } from './tf.js';
import { withoutTape } from './tape.js';

export interface CapturedNetwork {
  /** The values of the outputs for those of the input. */
  run(values: Float32Array): Float32Array[];
  dispose(): void;
}

/** What a kernel reads: a constant, or what lies at a place: 0 is the input, each result of a kernel has the next number. */
type Operand = Tensor | number;

interface KernelCall {
  readonly kernel: tf.KernelFunc;
  readonly attributes: tf.NamedAttrMap | undefined;
  /** By name, or one after the other for kernels that take any number. */
  readonly inputs: readonly Operand[] | Readonly<Record<string, Operand>>;
  readonly resultCount: number;
}

interface Step extends KernelCall {
  /** Places that nothing reads after this call. */
  readonly freed: readonly number[];
}

interface Capture {
  readonly backend: tf.KernelBackend;
  readonly steps: readonly Step[];
  readonly outputs: readonly Operand[];
  readonly constants: readonly Tensor[];
}

/** What TensorFlow.js' engine is asked, by any operation; without a name it runs a function of operations. */
interface EngineCall {
  readonly kernelName?: string;
  readonly inputs: readonly Tensor[] | Readonly<Record<string, Tensor | undefined>>;
  readonly attrs?: tf.NamedAttrMap;
}

/** The place in TensorFlow.js' engine where all kernels are called; missing from its published types. */
interface KernelEngine {
  runKernelFunc(call: EngineCall): Tensor | Tensor[];
}

/**
 * Replayed on the wasm engine, run as it is on any other. Results equal those of `network` bit by bit: the kernels are the same.
 *
 * @param network of one float32 tensor of `shape`. Pure: whatever the values are, it calls the same kernels with the same attributes and
 * constants, and reads nothing back. Constants must not change afterwards.
 * @param shape of its input.
 */
export function captureNetwork(network: (input: Tensor) => readonly Tensor[], shape: readonly number[]): CapturedNetwork {
  let capture: Capture | undefined;
  const dispose = (): void => {
    capture?.constants.forEach((constant) => constant.dispose());
    capture = undefined;
  };
  return {
    run(values) {
      if (capture && capture.backend === tf.backend()) return replay(capture, values, shape);
      dispose();
      const results: Float32Array[] = [];
      tf.tidy(() => {
        const input = tf.tensor(values, [...shape], 'float32');
        const captured = tf.getBackend() === 'wasm' ? captureCalls(network, input) : { outputs: network(input) };
        if ('capture' in captured) capture = captured.capture;
        for (const output of captured.outputs) results.push(output.dataSync() as Float32Array); // tidy would search an array that it is given, number by number
      });
      return results;
    },
    dispose,
  };
}

/** Runs the network once and writes its calls down. */
function captureCalls(network: (input: Tensor) => readonly Tensor[], input: Tensor): { readonly outputs: readonly Tensor[]; readonly capture: Capture } {
  const places = new Map<Tensor, number>([[input, 0]]);
  const constants = new Map<Tensor, Tensor>();
  const calls: KernelCall[] = [];
  const operandOf = (tensor: Tensor): Operand => {
    const known = places.get(tensor) ?? constants.get(tensor);
    if (known !== undefined) return known;
    const constant = tf.keep(tensor.clone());
    constants.set(tensor, constant);
    return constant;
  };
  const outputs = observed(() => withoutTape(() => network(input)), (call, results) => {
    calls.push({
      kernel: tf.getKernel(call.kernelName!, tf.getBackend())!.kernelFunc,
      inputs: mapInputs(call.inputs, operandOf), attributes: call.attrs, resultCount: results.length,
    });
    for (const result of results) places.set(result, places.size);
  });
  const ends = outputs.map(operandOf);
  return { outputs, capture: { backend: tf.backend(), steps: withLifetimes(calls, ends), outputs: ends, constants: [...constants.values()] } };
}

/** Runs `compute`; `onKernel` is told of each kernel that it calls, but not of those that kernels call. */
function observed<T>(compute: () => T, onKernel: (call: EngineCall, results: readonly Tensor[]) => void): T {
  const engine = tf.engine() as unknown as KernelEngine;
  const { runKernelFunc } = engine;
  const original = runKernelFunc.bind(engine);
  let isInside = false;
  engine.runKernelFunc = (call) => {
    if (isInside || call.kernelName === undefined) return original(call);
    isInside = true;
    try {
      const results = original(call);
      onKernel(call, Array.isArray(results) ? results : [results]);
      return results;
    } finally {
      isInside = false;
    }
  };
  try {
    return compute();
  } finally {
    engine.runKernelFunc = runKernelFunc;
  }
}

/** Each call with the places whose last reader it is; a result that nobody reads goes at once. */
function withLifetimes(calls: readonly KernelCall[], outputs: readonly Operand[]): Step[] {
  const needed = new Set(outputs);
  let place = 1 + calls.reduce((sum, { resultCount }) => sum + resultCount, 0);
  return calls.toReversed().map((call) => {
    place -= call.resultCount;
    const results = Array.from({ length: call.resultCount }, (_, index) => place + index);
    const touched = new Set([...Object.values(call.inputs), ...results]);
    const freed = [...touched].filter((operand): operand is number => typeof operand === 'number' && !needed.has(operand));
    freed.forEach((operand) => needed.add(operand));
    return { ...call, freed };
  }).reverse();
}

function replay({ backend, steps, outputs }: Capture, values: Float32Array, shape: readonly number[]): Float32Array[] {
  const places: tf.TensorInfo[] = [{ dataId: backend.write(values, [...shape], 'float32'), shape: [...shape], dtype: 'float32' }];
  const valueOf = (operand: Operand): tf.TensorInfo => (typeof operand === 'number' ? places[operand] : operand);
  for (const { kernel, attributes, inputs, freed } of steps) {
    const results = kernel({ inputs: mapInputs(inputs, valueOf) as tf.NamedTensorInfoMap, attrs: attributes!, backend });
    if (Array.isArray(results)) places.push(...results);
    else places.push(results);
    for (const place of freed) backend.disposeData(places[place].dataId);
  }
  const read = outputs.map((output) => backend.readSync(valueOf(output).dataId) as Float32Array);
  for (const place of new Set(outputs)) if (typeof place === 'number') backend.disposeData(places[place].dataId);
  return read;
}

function mapInputs<From, To>(inputs: readonly From[] | Readonly<Record<string, From | undefined>>, map: (input: From) => To): To[] | Record<string, To> {
  if (Array.isArray(inputs)) return (inputs as readonly From[]).map(map);
  const mapped: Record<string, To> = {};
  for (const [name, input] of Object.entries(inputs as Readonly<Record<string, From | undefined>>)) {
    if (input !== undefined && input !== null) mapped[name] = map(input);
  }
  return mapped;
}
