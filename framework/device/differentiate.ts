/**
 * Reverse-mode differentiation over TensorFlow.js's own tape. `tf.variableGrads` keeps every saved activation and every
 * intermediate gradient until the end; here each is freed as soon as the backward pass is done with it, what a failed step
 * recorded is freed too, and an error says which operation stood in the way.
 */
import { tf, type Tensor, type Variable } from './tf.js';

/** An entry of the tape, as TensorFlow.js 4.22 writes it. */
interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly Tensor[];
  readonly saved?: readonly Tensor[];
  readonly gradient?: (dys: readonly (Tensor | null)[]) => Record<string, () => Tensor>;
}

interface TapeEngine {
  readonly state: { activeTape: TapeNode[] | null; gradientDepth: number };
  startTape(): void;
  endTape(): void;
}

const engine = (): TapeEngine => tf.engine() as unknown as TapeEngine;

/** Entries on the open tape: what is recorded from now on has this index or a higher one. */
export function tapeLength(): number {
  return engine().state.activeTape?.length ?? 0;
}

/** The backward pass stopped at an operation. */
export class BackwardError extends Error {
  constructor(readonly operation: string, readonly tapeIndex: number, readonly reason: string, cause?: unknown) {
    super(`${operation}: ${reason}`, { cause });
    this.name = 'BackwardError';
  }
}

export interface Differentiated {
  readonly value: Tensor;
  /** One for each variable; undefined where the value does not depend on it. */
  readonly gradients: readonly (Tensor | undefined)[];
}

/**
 * The value of a scalar function and its gradients. Call it inside a tidy, or dispose what it returns.
 *
 * @throws BackwardError when an operation on the way has no gradient, or one that fails.
 */
export function differentiate(forward: () => Tensor, variables: readonly Variable[]): Differentiated {
  const { state } = engine();
  if (state.gradientDepth > 0) throw new RangeError('differentiate cannot be nested in another gradient');
  let value: Tensor;
  engine().startTape();
  try {
    value = tf.tidy(forward);
  } catch (error) {
    disposeTape();
    throw error;
  } finally {
    engine().endTape();
  }
  try {
    return { value, gradients: backward(state.activeTape!, value, variables) };
  } catch (error) {
    value.dispose();
    throw error;
  } finally {
    disposeTape();
  }
}

function disposeTape(): void {
  const { state } = engine();
  state.activeTape?.forEach((node) => tf.dispose([...(node.saved ?? [])]));
  state.activeTape = null;
}

/** Gradients by tensor id; a tensor's sum is complete when the entry that made it is reached. */
type Accumulated = Map<number, Tensor>;

function backward(tape: readonly TapeNode[], value: Tensor, variables: readonly Variable[]): (Tensor | undefined)[] {
  const varying = idsThatVary(tape, variables);
  const wanted = new Set(variables.map(({ id }) => id));
  const sums: Accumulated = new Map(varying.has(value.id) ? [[value.id, tf.onesLike(value)]] : []);
  try {
    for (let index = tape.length - 1; index >= 0; index--) {
      const node = tape[index]!;
      const dys = node.outputs.map(({ id }) => sums.get(id) ?? null);
      const reached = dys.some((dy) => dy !== null) && Object.values(node.inputs).some(({ id }) => varying.has(id));
      if (reached) accumulate(node, index, dys, varying, sums);
      for (const { id } of node.outputs) {
        if (!wanted.has(id)) release(sums, id);
      }
      tf.dispose([...(node.saved ?? [])]);
    }
  } catch (error) {
    tf.dispose([...sums.values()]);
    throw error;
  }
  return variables.map(({ id }) => sums.get(id));
}

/** Tensors that are functions of a variable. */
function idsThatVary(tape: readonly TapeNode[], variables: readonly Variable[]): Set<number> {
  const varying = new Set(variables.map(({ id }) => id));
  for (const { inputs, outputs } of tape) {
    if (Object.values(inputs).some(({ id }) => varying.has(id))) outputs.forEach(({ id }) => varying.add(id));
  }
  return varying;
}

function accumulate(
  node: TapeNode, index: number, dys: readonly (Tensor | null)[], varying: ReadonlySet<number>, sums: Accumulated,
): void {
  const inputs = Object.entries(node.inputs).filter(([, { id }]) => varying.has(id));
  const slopes = gradientsOf(node, index, dys, inputs);
  inputs.forEach(([, { id }], place) => {
    const before = sums.get(id);
    const slope = slopes[place]!;
    sums.set(id, before ? before.add(slope) : slope);
    if (before) tf.dispose([before, slope]);
  });
}

function gradientsOf(
  node: TapeNode, index: number, dys: readonly (Tensor | null)[], inputs: readonly (readonly [string, Tensor])[],
): Tensor[] {
  const { kernelName, gradient } = node;
  if (!gradient) throw new BackwardError(kernelName, index, 'it has no gradient');
  try {
    return tf.tidy(() => {
      const thunks = gradient(dys);
      const taken = new Set<Tensor | null>([...dys, ...(node.saved ?? [])]);
      return inputs.map(([name, input]) => {
        const slope = thunks[name]?.();
        if (!slope) throw new BackwardError(kernelName, index, `its gradient leaves out the input "${name}"`);
        if (slope.dtype !== 'float32' || slope.shape.join() !== input.shape.join()) {
          throw new BackwardError(
            kernelName, index,
            `its gradient of "${name}" is ${slope.dtype} [${slope.shape.join(', ')}], the input has the shape [${input.shape.join(', ')}]`,
          );
        }
        // What is handed on must be our own, since dys and saved tensors are freed here.
        const own = taken.has(slope) ? slope.clone() : slope;
        taken.add(own);
        return own;
      });
    });
  } catch (error) {
    if (error instanceof BackwardError) throw error;
    throw new BackwardError(kernelName, index, error instanceof Error ? error.message : String(error), error);
  }
}

function release(sums: Accumulated, id: number): void {
  sums.get(id)?.dispose();
  sums.delete(id);
}
