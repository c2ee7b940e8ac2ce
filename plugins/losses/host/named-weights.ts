import { FlowError } from '../../../framework/index.js';

/** The weight of each connected input. Throws FLOW_OPTION when one has none and there is no fallback. */
export function weightsOf(
  stage: string, inputs: readonly string[], weights: Readonly<Record<string, number>>, fallback?: number,
): readonly number[] {
  if (inputs.length === 0) throw new FlowError('FLOW_EDGE', { who: stage, message: 'no term is connected', expected: 'at least one input' });
  return inputs.map((name) => {
    const weight = weights[name] ?? fallback;
    if (weight === undefined) {
      throw new FlowError('FLOW_OPTION', {
        who: stage, message: `the term "${name}" has no weight`, expected: `one of ${Object.keys(weights).join(', ')}`, cure: `with: { weights: { ${name}: 1 } }`,
      });
    }
    return weight;
  });
}
