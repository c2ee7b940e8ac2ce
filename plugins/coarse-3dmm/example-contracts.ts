/** Contract of the source that shows what a face model holds. */
import { defineSource, tensor, Type } from '../../framework/index.js';

export const examples = defineSource({
  summary: 'Coefficients that show a face model: the mean, the first modes of each group taken away and added, random people.',
  version: 1,
  options: Type.Object({
    modes: Type.Integer({ minimum: 1, maximum: 64, default: 8, description: 'Modes of each group that are shown; twice as many people.' }),
    deviations: Type.Number({ exclusiveMinimum: 0, default: 3, description: 'Standard deviations by which a mode is taken away and added.' }),
    spread: Type.Number({ minimum: 0, default: 1, description: 'Standard deviation of the coefficients of identity and albedo of random people.' }),
    expression: Type.Number({ minimum: 0, default: 0.5, description: 'Standard deviation of the coefficients of expression of random people.' }),
    seed: Type.Integer({ minimum: 0, default: 1, description: 'Other numbers draw other people.' }),
  }, { additionalProperties: false }),
  in: {},
  out: { coefficients: tensor('float32', [257], 'coefficients.3dmm') },
  load: () => import('./stages/examples.js'),
});
