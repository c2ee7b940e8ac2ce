/** The contracts of this plugin. Importing this file runs nothing: `load` brings a stage's code when a run needs it. */
import { Type, defineDevice, defineHost, definePlugin, defineSource, tensor } from 'faceflow';

const number = tensor('float32', [], 'number');

export const points = defineSource({
  summary: 'Noisy points of a straight line.',
  version: 1,
  options: Type.Object({
    count: Type.Integer({ minimum: 1, default: 64, description: 'Number of points.' }),
    slope: Type.Number({ default: 3, description: 'Slope of the line.' }),
    noise: Type.Number({ minimum: 0, default: 0.05, description: 'Standard deviation of the noise on y.' }),
    split: Type.String({ default: 'train', description: 'Draws other points for another word.' }),
  }, { additionalProperties: false }),
  in: {},
  out: { x: number, y: number },
  load: () => import('./stages/points.js'),
});

export const standardise = defineHost({
  summary: 'Subtracts a mean and divides by a scale.',
  version: 1,
  pure: true,
  runs: 'main',
  options: Type.Object({
    mean: Type.Number({ default: 0.5, description: 'Subtracted, in the unit of the input.' }),
    scale: Type.Number({ exclusiveMinimum: 0, default: 0.29, description: 'Divisor, in the unit of the input.' }),
  }, { additionalProperties: false }),
  in: { x: number },
  out: { x: number },
  load: () => import('./stages/standardise.js'),
});

export const line = defineDevice({
  summary: 'A straight line with a trained slope and offset.',
  version: 1,
  trainable: true,
  options: Type.Object({}, { additionalProperties: false }),
  in: { x: number },
  out: { y: number },
  load: () => import('./stages/line.js'),
});

export const squaredError = defineDevice({
  summary: 'Squared difference, one value a sample.',
  version: 1,
  options: Type.Object({}, { additionalProperties: false }),
  in: { prediction: number, target: number },
  out: { value: tensor('float32', [], 'loss') },
  load: () => import('./stages/squared-error.js'),
});

export const plugin = definePlugin({
  name: '__NAME__',
  version: '0.1.0',
  framework: '^__FRAMEWORK__',
  summary: 'Fits a straight line to noisy points: a starting place for a plugin of your own.',
  stages: { points, standardise, line, 'squared-error': squaredError },
});
