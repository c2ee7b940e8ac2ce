/** The trainable tensors of a run, by name. Every device program of a run shares one store. */
import { FlowError } from '../errors/flow-error.js';
import { float32, type HostTensor } from '../values/host-tensor.js';
import { randomFor } from '../values/random.js';
import type { Initializer } from '../plugin/stage-types.js';
import { tf, type Variable } from './tf.js';

export interface NamedVariable {
  /** `<scope>/<name>`: `reconstruct/regress/conv1/kernel`. */
  readonly name: string;
  readonly variable: Variable;
  readonly trainable: boolean;
}

/** Creates variables by name, hands out the one that is there, and disposes them together. */
export class VariableStore {
  private readonly entries = new Map<string, NamedVariable>();

  /** @param seed the run's seed: start values are functions of (seed, variable name). */
  constructor(private readonly seed: number) {}

  /**
   * The variable of that name: made at the first call, shared by later ones.
   *
   * @throws FlowError FLOW_WEIGHTS when a later call wants another shape, or freezes what another use trains.
   */
  create(name: string, shape: readonly number[], initial: Initializer, trainable: boolean): Variable {
    const known = this.entries.get(name);
    if (known) return this.shared(known, shape, trainable);
    const values = float32(initial(randomFor(this.seed, 'variable', name), shape), shape);
    const variable = tf.tidy(() => tf.variable(tf.tensor(values.data, [...shape], 'float32'), trainable));
    this.entries.set(name, { name, variable, trainable });
    return variable;
  }

  /** All variables, in the order of their creation. */
  list(): readonly NamedVariable[] {
    return [...this.entries.values()];
  }

  /** Scalars in all variables, and in those that are trained. */
  count(): { readonly all: number; readonly trainable: number } {
    const size = (entries: readonly NamedVariable[]): number => entries.reduce((sum, { variable }) => sum + variable.size, 0);
    return { all: size(this.list()), trainable: size(this.list().filter(({ trainable }) => trainable)) };
  }

  async get(name: string): Promise<HostTensor> {
    const { variable } = this.entry(name);
    return float32(Float32Array.from(await variable.data()), variable.shape);
  }

  /** @throws FlowError FLOW_WEIGHTS when there is no such variable or the shape differs. */
  set(name: string, value: HostTensor): void {
    const { variable } = this.entry(name);
    if (value.shape.join() !== variable.shape.join()) throw shapeConflict(name, variable.shape, value.shape);
    // A copy, since the plain CPU engine keeps the array it is given.
    tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(value.data), variable.shape, 'float32')));
  }

  dispose(): void {
    for (const { variable } of this.entries.values()) variable.dispose();
    this.entries.clear();
  }

  private entry(name: string): NamedVariable {
    const entry = this.entries.get(name);
    if (!entry) throw new FlowError('FLOW_WEIGHTS', { message: `There is no variable "${name}".`, who: name });
    return entry;
  }

  private shared(known: NamedVariable, shape: readonly number[], trainable: boolean): Variable {
    const { name, variable } = known;
    if (shape.join() !== variable.shape.join()) throw shapeConflict(name, variable.shape, shape);
    if (trainable !== known.trainable) {
      throw new FlowError('FLOW_WEIGHTS', {
        message: `"${name}" is trained in one place and frozen in another.`, who: name,
        cure: 'Give every stage that shares the variable the same `trainable`.',
      });
    }
    return variable;
  }
}

function shapeConflict(name: string, expected: readonly number[], got: readonly number[]): FlowError {
  return new FlowError('FLOW_WEIGHTS', {
    message: `The variable "${name}" has another shape.`, who: name, expected: `[${expected.join(', ')}]`, got: `[${got.join(', ')}]`,
  });
}
