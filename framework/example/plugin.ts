/** The contracts of the example: a regression that knows nothing of faces. */
import {
  defineDevice, defineHost, definePlugin, defineSink, defineSource, tensor, Type,
} from '../index.js';

const closed = { additionalProperties: false } as const;
const number = tensor('float32', [], 'measurement');
const loss = tensor('float32', [], 'loss');

const which = {
  count: Type.Integer({ default: 240, minimum: 1, description: 'Points in all, of both splits.' }),
  split: Type.Union([Type.Literal('train'), Type.Literal('test')], { default: 'train', description: 'Every fourth point belongs to the test split.' }),
};

export const places = defineSource({
  summary: 'Points of the plane, in metres.', version: 1, options: Type.Object(which, closed),
  in: {}, out: { place: tensor('float32', [2], 'place.m') },
  load: () => import('./stages/places.js'),
});

export const heights = defineSource({
  summary: 'The height of a hilly ground at the same points, in metres, with noise of measurement.', version: 1,
  options: Type.Object({ ...which, noise: Type.Number({ default: 0.05, minimum: 0, description: 'Standard deviation, metres.' }) }, closed),
  in: {}, out: { height: number },
  load: () => import('./stages/heights.js'),
});

export const standardise = defineHost({
  summary: 'Places from a square of the given size to [-1, 1]; places outside are refused.', version: 1, pure: true,
  options: Type.Object({ size: Type.Number({ default: 4, exclusiveMinimum: 0, description: 'Side of the square, metres.' }) }, closed),
  in: { place: tensor('float32', [2], 'place.m') }, out: { place: tensor('float32', [2], 'place.unit') },
  load: () => import('./stages/standardise.js'),
});

export const jitter = defineDevice({
  summary: 'Moves a place by random steps, drawn for each sample and epoch.', version: 1,
  options: Type.Object({ amount: Type.Number({ default: 0.05, minimum: 0, description: 'Standard deviation, in half sides of the square.' }) }, closed),
  in: { place: tensor('float32', [2], 'place.unit') }, out: { place: tensor('float32', [2], 'place.unit') },
  draws: { step: tensor('float32', [2], 'place.unit') },
  load: () => import('./stages/jitter.js'),
});

export const hidden = defineDevice({
  summary: 'A layer of tanh units.', version: 1, trainable: true,
  options: Type.Object({ units: Type.Integer({ default: 24, minimum: 1, description: 'Units.' }) }, closed),
  in: { x: tensor('float32', [2], 'place.unit') }, out: { units: tensor('float32', ['with.units'], 'units') },
  load: () => import('./stages/hidden.js'),
});

export const readout = defineDevice({
  summary: 'A weighted sum of units.', version: 1, trainable: true, options: Type.Object({}, closed),
  in: { units: tensor('float32', ['N'], 'units') }, out: { value: number },
  load: () => import('./stages/readout.js'),
});

export const squaredError = defineDevice({
  summary: '(a − b)² of two measurements, square metres.', version: 1, options: Type.Object({}, closed),
  in: { a: number, b: number }, out: { value: loss },
  load: () => import('./stages/squared-error.js'),
});

export const total = defineDevice({
  summary: 'A loss, and a second one with a weight.', version: 1,
  options: Type.Object({ weight: Type.Number({ default: 0.1, minimum: 0, description: 'Weight of the second loss.' }) }, closed),
  in: { first: loss, second: loss }, out: { loss },
  load: () => import('./stages/total.js'),
});

export const table = defineSink({
  summary: 'Writes measurement and prediction of every sample as CSV.', version: 1, options: Type.Object({}, closed),
  in: { measured: number, predicted: number }, out: {},
  load: () => import('./stages/table.js'),
});

export const scatter = defineSink({
  summary: 'Draws predictions over measurements as a picture.', version: 1,
  options: Type.Object({ size: Type.Integer({ default: 320, minimum: 64, description: 'Width and height, pixels.' }) }, closed),
  in: { measured: number, predicted: number }, out: {},
  load: () => import('./stages/scatter.js'),
});

export const plugin = definePlugin({
  name: 'toy-regression', version: '0.1.0', framework: '^0.1.0', summary: 'A small regression: the height of a hilly ground.',
  stages: { places, heights, standardise, jitter, hidden, readout, 'squared-error': squaredError, total, table, scatter },
});
