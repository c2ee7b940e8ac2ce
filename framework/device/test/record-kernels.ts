import { tf } from '../index.js';

interface RunningEngine {
  readonly state: { readonly gradientDepth: number };
  runKernelFunc(call: { readonly kernelName?: string }): unknown;
}

/** Remembers, by engine, the kernels that ran while a tape was open. */
export function recordDifferentiated(): (engine: string) => ReadonlySet<string> {
  const seen = new Map<string, Set<string>>();
  const of = (engine: string): Set<string> => {
    const known = seen.get(engine) ?? new Set<string>();
    seen.set(engine, known);
    return known;
  };
  const engine = tf.engine() as unknown as RunningEngine;
  const { runKernelFunc } = engine;
  engine.runKernelFunc = function (this: RunningEngine, call) {
    if (this.state.gradientDepth > 0 && call.kernelName) of(tf.getBackend()).add(call.kernelName);
    return runKernelFunc.call(this, call);
  };
  return of;
}
