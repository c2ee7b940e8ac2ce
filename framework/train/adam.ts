/** Adam with explicit state, one kernel for each variable, and an update that a non-finite step cannot reach. */
import { defineKernel, tensorflowLoops, tf, type Tensor } from '../device/index.js';
import { float32, type HostTensor } from '../values/host-tensor.js';
import { FlowError } from '../errors/flow-error.js';
import { gateWgsl, normWgsl, updateWgsl, type UpdateAttributes } from './adam-wgsl.js';
import type { NamedVariable } from './program.js';

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Largest global norm of the gradient; 0 turns clipping off. */
  readonly clipNorm: number;
  /** Factors on the learning rate by scope prefix; the longest prefix of a name wins, 1 elsewhere. */
  readonly factors: Readonly<Record<string, number>>;
}

export interface AdamState {
  /** Updates applied so far. */
  readonly steps: number;
  readonly first: ReadonlyMap<string, HostTensor>;
  readonly second: ReadonlyMap<string, HostTensor>;
}

/** What the device decided about one step; read it after the step. */
export interface StepVerdict {
  readonly finite: boolean;
  /** Global norm of the gradient before clipping. */
  readonly gradientNorm: number;
}

export interface Adam {
  /**
   * Queues one update and returns its verdict as a tensor for `readVerdict`. The gradients stay the caller's.
   * The previous step must have been settled by `count`.
   */
  apply(gradients: Readonly<Record<string, Tensor>>, loss: Tensor, learningRate: number): Tensor;
  /** Says that the last update took place, so that it enters the powers of β. */
  count(): void;
  state(): Promise<AdamState>;
  restore(state: AdamState): void;
  dispose(): void;
}

const normKernel = defineKernel<object>({
  name: 'flow/norm',
  inputs: ['x'],
  outputs: () => [{ shape: [1], dtype: 'float32' }],
  compute: ([x], [norm]) => {
    const values = x!.data;
    let sum = 0;
    for (let index = 0; index < values.length; index++) sum += values[index]! * values[index]!;
    norm!.data[0] = Math.sqrt(sum);
  },
  tensorflow: ([x]) => [tensorflowLoops.norm(x!)],
  wgsl: normWgsl,
});

/** [1 when everything is finite else 0, global norm, factor on the gradient]. */
const gateKernel = defineKernel<{ readonly clipNorm: number }>({
  name: 'flow/gate',
  inputs: ['norms', 'loss'],
  outputs: () => [{ shape: [3], dtype: 'float32' }],
  compute: ([norms, loss], [gate], { clipNorm }) => {
    let sum = 0;
    for (const norm of norms!.data) sum += norm * norm;
    const global = Math.sqrt(sum);
    gate!.data[0] = Number.isFinite(global) && Number.isFinite(loss!.data[0]!) ? 1 : 0;
    gate!.data[1] = global;
    gate!.data[2] = clipNorm > 0 && global > clipNorm ? clipNorm / global : 1;
  },
  wgsl: gateWgsl,
});

const updateKernel = defineKernel<UpdateAttributes>({
  name: 'flow/adam',
  inputs: ['weight', 'first', 'second', 'gradient', 'gate'],
  outputs: ([weight]) => [weight!, weight!, weight!].map(({ shape }) => ({ shape, dtype: 'float32' as const })),
  compute: ([weight, first, second, gradient, gate], [newWeight, newFirst, newSecond], attributes) => {
    if (gate!.data[0] === 0) {
      newWeight!.data.set(weight!.data);
      newFirst!.data.set(first!.data);
      newSecond!.data.set(second!.data);
      return;
    }
    const { rate, beta1, beta2, epsilon, correction1, correction2 } = attributes;
    const [w, m, v, g] = [weight!.data, first!.data, second!.data, gradient!.data];
    const [w1, m1, v1] = [newWeight!.data, newFirst!.data, newSecond!.data];
    const scale = gate!.data[2]!;
    const [rate1, root2] = [rate / correction1, 1 / Math.sqrt(correction2)];
    for (let index = 0; index < w.length; index++) {
      const slope = g[index]! * scale;
      const mean = beta1 * m[index]! + (1 - beta1) * slope;
      const square = beta2 * v[index]! + (1 - beta2) * slope * slope;
      m1[index] = mean;
      v1[index] = square;
      w1[index] = w[index]! - (rate1 * mean) / (Math.sqrt(square) * root2 + epsilon);
    }
  },
  tensorflow: ([weight, first, second, gradient, gate], { rate, beta1, beta2, epsilon, correction1, correction2 }) => {
    const [finite, , scale] = gate!.dataSync();
    if (finite === 0) return [weight!, first!, second!].map((tensor) => tensor.clone());
    return tensorflowLoops.adam([weight!, first!, second!, gradient!], {
      scale: scale!, rate: rate / correction1, beta1, beta2, epsilon, root2: 1 / Math.sqrt(correction2),
    });
  },
  wgsl: updateWgsl,
});

/**
 * m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², w ← w − η f (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε), where g is the
 * gradient scaled to the global norm `clipNorm`, f the factor of the variable's scope, t counts applied updates and the
 * powers are taken in float64. When the loss or a gradient is not finite, nothing changes.
 *
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, Algorithm 1.
 */
export function createAdam(variables: readonly NamedVariable[], options: AdamOptions): Adam {
  const slots = variables.filter(({ trainable }) => trainable).map((entry) => new Slot(entry, factorOf(entry.name, options.factors)));
  let steps = 0;
  return {
    apply: (gradients, loss, learningRate) => applyUpdate(slots, gradients, loss, { ...options, learningRate, step: steps + 1 }),
    count: () => {
      steps++;
    },
    state: async () => {
      const [first, second] = [new Map<string, HostTensor>(), new Map<string, HostTensor>()];
      for (const slot of slots) {
        first.set(slot.name, await download(slot.first));
        second.set(slot.name, await download(slot.second));
      }
      return { steps, first, second };
    },
    restore: (state) => {
      for (const slot of slots) slot.restore(state);
      steps = state.steps;
    },
    dispose: () => slots.forEach((slot) => slot.replace(undefined, undefined)),
  };
}

/** Factor on the learning rate of a variable: that of the longest scope prefix, 1 when none fits. */
export function factorOf(name: string, factors: Readonly<Record<string, number>>): number {
  const scopes = Object.keys(factors).filter((scope) => name === scope || name.startsWith(`${scope}/`));
  const longest = scopes.sort((left, right) => right.length - left.length)[0];
  return longest === undefined ? 1 : factors[longest]!;
}

/** Waits for the device's verdict on a step and frees it. */
export async function readVerdict(verdict: Tensor): Promise<StepVerdict> {
  const values = await verdict.data();
  verdict.dispose();
  return { finite: values[0] === 1, gradientNorm: values[1]! };
}

type StepOptions = AdamOptions & { readonly learningRate: number; readonly step: number };

function applyUpdate(
  slots: readonly Slot[], gradients: Readonly<Record<string, Tensor>>, loss: Tensor, options: StepOptions,
): Tensor {
  const reached = slots.filter(({ name }) => gradients[name] !== undefined);
  const { learningRate, step, beta1, beta2, epsilon, clipNorm } = options;
  const corrections = { correction1: 1 - beta1 ** step, correction2: 1 - beta2 ** step };
  return tf.tidy(() => {
    const norms = reached.map(({ name }) => normKernel([gradients[name]!], {})[0]!);
    const gate = gateKernel([norms.length ? tf.concat(norms) : tf.zeros([1]), loss], { clipNorm })[0]!;
    for (const slot of reached) {
      const attributes = { rate: learningRate * slot.factor, beta1, beta2, epsilon, ...corrections };
      const [weight, first, second] = updateKernel(
        [slot.entry.variable, slot.first, slot.second, gradients[slot.name]!, gate], attributes,
      );
      slot.entry.variable.assign(weight!);
      slot.replace(first, second);
    }
    return gate;
  });
}

/** A variable with its moments. */
class Slot {
  readonly entry: NamedVariable;
  readonly factor: number;
  first: Tensor;
  second: Tensor;

  constructor(entry: NamedVariable, factor: number) {
    this.entry = entry;
    this.factor = factor;
    this.first = tf.keep(tf.zeros(entry.variable.shape));
    this.second = tf.keep(tf.zeros(entry.variable.shape));
  }

  get name(): string {
    return this.entry.name;
  }

  replace(first: Tensor | undefined, second: Tensor | undefined): void {
    this.first.dispose();
    this.second.dispose();
    if (first) this.first = tf.keep(first);
    if (second) this.second = tf.keep(second);
  }

  restore(state: AdamState): void {
    const [first, second] = [state.first.get(this.name), state.second.get(this.name)];
    if (!first || !second) {
      throw new FlowError('FLOW_RUN_STATE', {
        message: `The checkpoint holds no Adam moments for "${this.name}".`, who: this.name,
        cure: 'Resume with the pipeline that wrote the checkpoint, or load its weights with `weights:` instead.',
      });
    }
    this.replace(upload(first), upload(second));
  }
}

/** Copies: on the plain CPU engine a tensor may share the array it was made from. */
function upload(value: HostTensor): Tensor {
  return tf.tensor(value.data.slice(), [...value.shape], 'float32');
}

async function download(tensor: Tensor): Promise<HostTensor> {
  return float32(Float32Array.from(await tensor.data()), tensor.shape);
}
