import { FlowError } from '../../../framework/index.js';

/** Differences whose methods are not connected are mistakes in writing. Throws FLOW_OPTION. */
export function checkDifferences(stage: string, differences: Readonly<Record<string, readonly string[]>>, methods: readonly string[]): void {
  for (const [name, pair] of Object.entries(differences)) {
    const unknown = pair.find((method) => !methods.includes(method));
    if (unknown === undefined) continue;
    throw new FlowError('FLOW_OPTION', {
      message: `The difference "${name}" is of "${unknown}", which is not connected.`, who: stage, expected: `one of ${methods.join(', ')}`,
      cure: 'Connect it, or take the difference out: `differences: { NAME: { $delete: true } }`.',
    });
  }
}
