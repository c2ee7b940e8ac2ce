/** A section of small stages for tests: a plan made by hand, as the compiler would make it. */
import { defineDevice, tensor, Type, float32, heNormal, optional, type HostTensor } from '../../index.js';
import type { PlannedEdge, PlannedPort, PlannedSection, PlannedStage } from '../../pipeline/plan.js';
import type { StageContract } from '../../plugin/stage-types.js';
import { implementDevice } from '../../plugin/define.js';
import { randomFor } from '../../values/random.js';
import { tf, type Tensor } from '../index.js';

const none = Type.Object({}, { additionalProperties: false });
const features = 3;
const vector = tensor('float32', [features], 'feature');

/** y = tanh(x W): one variable. */
export const linear = defineDevice({
  summary: 'A linear layer with tanh.', version: 1, trainable: true, options: none, in: { x: vector }, out: { y: vector },
  load: async (): Promise<object> => ({ stage: linearStage }),
});
const linearStage = implementDevice(linear, {
  build: (context) => {
    const kernel = context.variable('kernel', [features, features], heNormal);
    return { run: ({ x }) => ({ y: tf.tanh(tf.matMul(x as tf.Tensor2D, kernel as unknown as tf.Tensor2D)) }) };
  },
});

/** y = x + noise, drawn on the host. */
export const noise = defineDevice({
  summary: 'Adds noise.', version: 1, options: none, in: { x: vector }, out: { y: vector }, draws: { noise: vector },
  load: async (): Promise<object> => ({ stage: noiseStage }),
});
const noiseStage = implementDevice(noise, {
  draw: (random) => ({ noise: float32(Float32Array.from({ length: features }, () => random.normal()), [features]) }),
  build: () => ({ run: ({ x }, { draws }) => ({ y: tf.add(x, draws.noise) }) }),
});

/** y = x² + offset; copy is the input itself. */
export const square = defineDevice({
  summary: 'Squares.', version: 1, options: none, in: { x: vector }, out: { y: vector, copy: vector },
  load: async (): Promise<object> => ({ stage: squareStage }),
});
const squareStage = implementDevice(square, {
  build: (context) => {
    const offset = context.constant('offset', () => float32([0, 1, 2], [features]));
    return { run: ({ x }) => ({ y: tf.add(tf.square(x), offset), copy: x }) };
  },
});

/** Mean of (a − b)² for each sample. */
export const distance = defineDevice({
  summary: 'Squared distance.', version: 1, options: none, in: { a: vector, b: optional(vector) }, out: { loss: tensor('float32', [], 'loss') },
  load: async (): Promise<object> => ({ stage: distanceStage }),
});
const distanceStage = implementDevice(distance, {
  build: () => ({ run: ({ a, b }) => ({ loss: tf.mean(tf.square(b ? tf.sub(a, b) : a), 1) }) }),
});

export interface ToyStage {
  readonly name: string;
  readonly contract: unknown;
  readonly in: Readonly<Record<string, string>>;
  readonly scope?: string;
  readonly trainable?: boolean;
  readonly out?: Readonly<Record<string, PlannedPort>>;
}

const place = { file: 'toy.yaml', line: 1, column: 1 };
const port: PlannedPort = { kind: 'tensor', dtype: 'float32', shape: [features], meaning: 'feature' };

/** An input written `!stage.port` is detached. */
export function toyPlan(stages: readonly ToyStage[]): { readonly plan: { readonly stages: ReadonlyMap<string, PlannedStage> }; readonly section: PlannedSection } {
  const planned = stages.map((stage): PlannedStage => {
    const contract = stage.contract as StageContract;
    const outputs = Object.keys(contract.out).map((name) => [name, name === 'loss' ? { ...port, shape: [], meaning: 'loss' } : port] as const);
    return {
      name: stage.name, use: `toy/${stage.name}`, contract, pluginVersion: '1.0.0', options: {}, scope: stage.scope ?? stage.name,
      trainable: stage.trainable ?? true, resources: {}, concurrency: 1, cache: false, place,
      inputs: Object.fromEntries(Object.entries(stage.in).map(([name, from]) => [name, edge(from)])),
      inputPorts: Object.fromEntries(Object.keys(stage.in).map((name) => [name, port])),
      outputPorts: stage.out ?? Object.fromEntries(outputs),
      onError: { policy: 'fail', attempts: 1, maxRate: 0, minCount: 1 },
    };
  });
  const section: PlannedSection = { name: 'section', stages: stages.map(({ name }) => name), inputs: ['data.x'], outputs: [] };
  return { plan: { stages: new Map(planned.map((stage) => [stage.name, stage])) }, section };
}

function edge(text: string): PlannedEdge {
  const [stage, name] = text.replace('!', '').split('.') as [string, string];
  return { stage, port: name, detach: text.startsWith('!'), place };
}

export function toyBatch(keys: readonly string[]): { readonly keys: readonly string[]; readonly epoch: number; readonly inputs: Record<string, HostTensor> } {
  const values = keys.flatMap((key) => {
    const random = randomFor('toy', key);
    return Array.from({ length: features }, () => random.normal());
  });
  return { keys, epoch: 0, inputs: { 'data.x': float32(values, [keys.length, features]) } };
}

export type Values = Record<string, Tensor>;
