/** Several methods side by side: what each input of a stage is named after. */
import { defineDevice, defineSink, optional, tensor, Type, value } from '../../../framework/index.js';

const strict = { additionalProperties: false } as const;
const image = tensor('float32', ['S', 'S', 3], 'image.rgb');
const mask = tensor('float32', ['S', 'S', 1], 'mask');
const features = tensor('float32', [1024], 'features.judge');

/** What `scores` holds, in order. */
export const scoreNames = ['psnr', 'psnrVisible', 'psnrOccluded', 'ssim'] as const;
const scores = tensor('float32', [scoreNames.length], 'scores');

const differences = Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 2, maxItems: 2 }), {
  default: {}, description: 'What one method is better by: a name, and the two methods whose difference it is, sample by sample.',
});

export const score = defineDevice({
  summary: 'Scores each connected image against the reference over one region: PSNR (dB) of the whole, its visible and its occluded part; SSIM.',
  version: 1,
  options: Type.Object({}, strict),
  in: { reference: image, region: mask, occluder: mask },
  inRest: image,
  outRest: scores,
  out: {},
  load: () => import('../stages/score.js'),
});

export const scoreTable = defineSink({
  summary: 'Collects the scores of each method and writes their means with 95 % intervals over people, and the differences of methods, as JSON, CSV and Markdown.',
  version: 1,
  options: Type.Object({ title: Type.String({ default: 'Methods', description: 'Heading of the Markdown table.' }), differences }, strict),
  in: { group: optional(value<string>('occluder.kind')), person: optional(value<string>('sample.identity')) },
  inRest: scores,
  out: {},
  load: () => import('../stages/score-table.js'),
});

export const verification = defineSink({
  summary: 'Whether each method\'s picture of a person is recognised: similarity to the photo itself, and verification against other photos of the person.',
  version: 1,
  options: Type.Object({ title: Type.String({ default: 'Verification', description: 'Heading of the Markdown table.' }), differences }, strict),
  in: { reference: features, person: value<string>('sample.identity') },
  inRest: features,
  out: {},
  load: () => import('../stages/verification.js'),
});
