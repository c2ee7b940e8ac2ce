/**
 * The dense operators of a small training step, with their gradients, on every engine present: least processor time of a call over all
 * threads, which other work on the machine disturbs least. Mesh and image operators: bench/paper-operators.ts.
 *
 *     node --import tsx bench/step-operators.ts [--engines wasm,tensorflow] [--rounds 15] [--pytorch PYTHON]
 */
import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { probeEngines, tf, useEngine, type EngineName, type Tensor } from '../framework/device/index.js';
import { stepCases, type StepCase } from './support/step-cases.js';

const { values } = parseArgs({ options: { engines: { type: 'string' }, rounds: { type: 'string', default: '15' }, pytorch: { type: 'string' } } });
const rounds = Number(values.rounds);
type T4 = tf.Tensor4D;

/** What is timed: names and functions of ready inputs. */
type Parts = Readonly<Record<string, () => Tensor | Tensor[]>>;

function partsOf(one: StepCase): Parts {
  const normal = (shape: readonly number[]): Tensor => tf.randomNormal([...shape]);
  if (one.kind === 'matmul') {
    const [rows, inner, columns] = one.shape;
    const [a, b, dy] = [normal([rows, inner]), normal([inner, columns]), normal([rows, columns])];
    return { forward: () => tf.matMul(a, b), 'gradient of the first': () => tf.matMul(dy, b, false, true), 'gradient of the second': () => tf.matMul(a, dy, true) };
  }
  if (!('outputs' in one)) {
    const [a, b] = [normal(one.x), normal(one.x)];
    if (one.kind === 'relu') return { forward: () => tf.relu(a), 'forward and gradient': () => tf.grad((x) => tf.relu(x))(a, b) };
    return { forward: () => (one.kind === 'add' ? tf.add(a, b) : tf.mul(a, b)) };
  }
  const { x: shape, kernel, outputs, stride } = one;
  const depthwise = one.kind === 'depthwise';
  const out = [shape[0], Math.ceil(shape[1] / stride), Math.ceil(shape[2] / stride), outputs];
  const filterShape = depthwise ? [kernel, kernel, shape[3], 1] : [kernel, kernel, shape[3], outputs];
  const [x, filter, dy] = [normal(shape), normal(filterShape), normal(out)];
  const attributes = { strides: [stride, stride], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1], inputShape: shape, filterShape };
  const run = (name: string, inputs: Record<string, Tensor>): Tensor => tf.engine().runKernel(name, inputs, attributes as never);
  const [forward, input, weights] = depthwise
    ? ['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'] as const
    : ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'] as const;
  return {
    forward: () => run(forward, { x: x as T4, filter: filter as T4 }),
    'gradient of the input': () => run(input, { dy, filter }), 'gradient of the filter': () => run(weights, { x, dy }),
  };
}

/** Least processor milliseconds of a call, counted over enough calls for the clock. */
function least(call: () => Tensor | Tensor[]): number {
  const once = (): void => tf.tidy(() => void [call()].flat()[0]!.shape);
  once();
  let shortest = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let time = 0; time < 3; time++) once();
    const { user, system } = process.cpuUsage(before);
    shortest = Math.min(shortest, (user + system) / 3000);
  }
  return shortest;
}

const engines = (values.engines?.split(',') ?? (await probeEngines()).filter(({ present, name }) => present && name !== 'cpu').map(({ name }) => name)) as EngineName[];
const columns = new Map<string, Map<string, number>>();
for (const engine of engines) {
  await useEngine(engine);
  const times = new Map<string, number>();
  for (const one of stepCases) {
    tf.engine().startScope();
    for (const [part, call] of Object.entries(partsOf(one))) times.set(`${title(one)}|${part}`, least(call));
    tf.engine().endScope();
  }
  columns.set(engine, times);
}
if (values.pytorch) {
  const script = fileURLToPath(new URL('./pytorch/step_operators.py', import.meta.url));
  const answer = execFileSync(values.pytorch, [script, String(rounds)], { input: JSON.stringify(stepCases), env: { ...process.env, OMP_NUM_THREADS: '1' } });
  const found = JSON.parse(answer.toString()) as Record<string, number>[];
  columns.set('pytorch', new Map(stepCases.flatMap((one, index) => Object.entries(found[index]!).map(([part, time]) => [`${title(one)}|${part}`, time] as const))));
}
process.stdout.write(`least processor milliseconds of a call, load ${loadavg()[0]!.toFixed(1)}\n${''.padEnd(76)}${[...columns.keys()].map((name) => name.padStart(12)).join('')}\n`);
for (const key of columns.get(engines[0]!)!.keys()) {
  const [what, part] = key.split('|') as [string, string];
  const cells = [...columns.values()].map((times) => (times.get(key)?.toFixed(3) ?? '–').padStart(12));
  process.stdout.write(`${(part === 'forward' ? `${what} forward` : `  ${part}`).padEnd(76)}${cells.join('')}\n`);
}

function title(one: StepCase): string {
  if (one.kind === 'matmul') return `matmul [${one.shape[0]}, ${one.shape[1]}]·[${one.shape[1]}, ${one.shape[2]}] (${one.where})`;
  if (one.kind === 'conv' || one.kind === 'depthwise') return `${one.kind} [${one.x.join(', ')}] ${one.kernel}×${one.kernel}/${one.stride} → ${one.outputs} (${one.where})`;
  return `${one.kind} [${one.x.join(', ')}] (${one.where})`;
}
