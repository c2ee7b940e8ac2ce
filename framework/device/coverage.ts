/** Which operators and gradients an engine has, and whose they are. */
import { isReplaced } from './compat/registry.js';
import type { EngineName } from './engines.js';
import { operatorTable, type OperatorEntry } from './operator-table.js';
import { tf } from './tf.js';

/** Whose kernel an engine runs. */
export type KernelOrigin = 'stock' | 'ours' | 'missing';

export interface OperatorCoverage extends OperatorEntry {
  readonly engines: Readonly<Partial<Record<EngineName, { readonly kernel: KernelOrigin; readonly gradient: 'stock' | 'ours' | 'fenced' | 'missing' }>>>;
}

/** The operator table for engines that were made ready with `useEngine`. */
export function operatorCoverage(engines: readonly EngineName[]): readonly OperatorCoverage[] {
  return operatorTable.map((entry) => ({
    ...entry,
    engines: Object.fromEntries(engines.map((engine) => [engine, { kernel: kernelOrigin(entry.kernel, engine), gradient: gradientOn(entry, engine) }])),
  }));
}

function kernelOrigin(kernel: string, engine: EngineName): KernelOrigin {
  if (!tf.getKernel(kernel, engine)) return 'missing';
  return isReplaced(kernel, engine) ? 'ours' : 'stock';
}

/** A gradient is ours on an engine when it is replaced on all, or when kernels that it runs are replaced there. */
function gradientOn({ kernel, gradient, backward }: OperatorEntry, engine: EngineName): 'stock' | 'ours' | 'fenced' | 'missing' {
  if (gradient === 'fenced') return 'fenced';
  const needed = backward.map((name) => kernelOrigin(name, engine));
  if (needed.includes('missing') || kernelOrigin(kernel, engine) === 'missing') return 'missing';
  // Fused operators are differentiated by TensorFlow.js itself, without an entry in the registry.
  return gradient === 'ours' || needed.includes('ours') || isReplaced(kernel) ? 'ours' : 'stock';
}
