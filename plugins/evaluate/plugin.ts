/** How good a reconstruction is: images, identity, landmarks; occluders for tests; tables. */
import { defineDevice, defineHost, definePlugin, defineSink, optional, tensor, Type, value } from '../../framework/index.js';
import { tone } from './contracts/tone.js';
import { score, scoreTable, verification } from './contracts/methods.js';
import { fivePointError, nme, nmeTable, toPhoto } from './contracts/landmarks.js';

const strict = { additionalProperties: false } as const;
const image = tensor('float32', ['S', 'S', 3], 'image.rgb');
const mask = tensor('float32', ['S', 'S', 1], 'mask');
const metric = tensor('float32', [], 'metric');
const landmarks68 = tensor('float32', [68, 2], 'landmarks68.px');
const judged = tensor('float32', [1024], 'features.judge');

export const imageQuality = defineDevice({
  summary: 'PSNR (dB) and SSIM of an image against a reference, over a region.',
  version: 1,
  options: Type.Object({}, strict),
  in: { image, reference: image, region: mask },
  out: { psnr: metric, ssim: metric },
  load: () => import('./stages/image-quality.js'),
});

export const regions = defineDevice({
  summary: 'The region of an evaluation, where the model covers the mask, and its visible and its occluded part.',
  version: 1,
  options: Type.Object({}, strict),
  in: { mask, occluder: mask, coverage: optional(mask) },
  out: { whole: mask, visible: mask, occluded: mask },
  load: () => import('./stages/regions.js'),
});

export const judge = defineDevice({
  summary: 'Identity features from an independent network (faceres), which is never trained on; minus their mean over people.',
  version: 1,
  options: Type.Object({
    centre: Type.Boolean({ default: true, description: 'Subtract the mean features of many people, which all faces share.' }),
  }, strict),
  in: { image, mask: optional(mask) },
  inRest: image,
  out: { features: judged },
  outRest: judged,
  load: () => import('./stages/judge.js'),
});

export const identitySimilarity = defineDevice({
  summary: 'Cosine of the judge\'s features of two images: 1 for one person, about 0 for two.',
  version: 1,
  options: Type.Object({}, strict),
  in: { features: judged, reference: judged },
  out: { similarity: metric },
  load: () => import('./stages/identity-similarity.js'),
});

export const landmarkError = defineDevice({
  summary: 'Mean distance of the 51 inner landmarks over the size of the face box (NME).',
  version: 1,
  options: Type.Object({}, strict),
  in: { landmarks: landmarks68, reference: landmarks68, box: tensor('float32', [4], 'box.px') },
  out: { error: metric },
  load: () => import('./stages/landmark-error.js'),
});

export const maskOverlap = defineDevice({
  summary: 'How far a mask agrees with a reference: intersection over union, and the share of the reference that is marked.',
  version: 1,
  options: Type.Object({}, strict),
  in: { mask, reference: mask, weight: optional(tensor('float32', ['S', 'S', 1], 'mask.weight')) },
  out: { iou: metric, recall: metric },
  load: () => import('./stages/mask-overlap.js'),
});

export const showMask = defineDevice({
  summary: 'A picture with a mask drawn over it: what the mask leaves out turns dark blue.',
  version: 1,
  options: Type.Object({}, strict),
  in: { image, mask },
  out: { image },
  load: () => import('./stages/show-mask.js'),
});

export const occlude = defineHost({
  summary: 'Covers part of a face with a procedural occluder of a kind that training does not use.',
  version: 1,
  pure: false,
  options: Type.Object({
    kind: Type.Union([Type.Literal('any'), Type.Literal('hand'), Type.Literal('glasses'), Type.Literal('card'), Type.Literal('scarf')], {
      default: 'any', description: 'What covers the face; `any` draws one of the kinds for each sample.',
    }),
    minArea: Type.Number({ default: 0.1, minimum: 0.01, maximum: 0.9, description: 'Least covered share of the face\'s outline.' }),
    maxArea: Type.Number({ default: 0.4, minimum: 0.01, maximum: 0.9, description: 'Largest covered share of the face\'s outline.' }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'The same seed and sample key give the same occluder.' }),
  }, strict),
  in: { image, landmarks: tensor('float32', [468, 2], 'landmarks468.px') },
  out: { image, occluder: mask, kind: value<string>('occluder.kind') },
  load: () => import('./stages/occlude.js'),
});

export const table = defineSink({
  summary: 'Collects the metrics of each sample and writes mean, its 95 % interval over people, standard deviation and count, over all and by group, as JSON, CSV and Markdown.',
  version: 2,
  options: Type.Object({
    title: Type.String({ default: 'Evaluation', description: 'Heading of the Markdown table.' }),
    differences: Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 2, maxItems: 2 }), {
      default: {}, description: 'Further metrics: a name, and the two metrics whose difference it is, sample by sample.',
    }),
  }, strict),
  in: { group: optional(value<string>('?group')), person: optional(value<string>('sample.identity')) },
  inRest: metric,
  out: {},
  load: () => import('./stages/table.js'),
});

export const plugin = definePlugin({
  name: 'evaluate',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Metrics, an independent judge of identity, test occluders and tables.',
  requires: { 'coarse-3dmm': '^0.1.0', preprocess: '^0.1.0', rasterizer: '^0.1.0' },
  stages: {
    'to-photo': toPhoto, nme, 'five-point-error': fivePointError, 'nme-table': nmeTable,
    'image-quality': imageQuality, regions, judge, 'identity-similarity': identitySimilarity, 'landmark-error': landmarkError,
    'mask-overlap': maskOverlap, 'show-mask': showMask, occlude, table, score, 'score-table': scoreTable, verification, tone,
  },
});
