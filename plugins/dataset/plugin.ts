/** Photos of faces as a source of samples. */
import { defineHost, definePlugin, defineSink, defineSource, optional, tensor, Type, value } from '../../framework/index.js';
import type { FaceHint, Located } from '../preprocess/index.js';
import type { FaceTruth } from './host/listed-photo.js';

export const faces = defineSource({
  summary: 'Photos with faces: the built-in ones, a folder, a data set in its official layout, an archive, one file, or a CSV index.',
  version: 2,
  options: Type.Object({
    photos: Type.String({
      default: 'builtin', minLength: 1,
      description: '`builtin` (the group photos inside @vladmandic/face-api), or the path of a folder, of one photo, of a tar archive, or of a CSV '
        + 'index with the columns file, identity, split. Folders with an `index.csv`, and CelebA, AFLW2000-3D, LFW and UTKFace in their official '
        + 'layouts, are recognised, also below the folder.',
    }),
    split: Type.Union([Type.Literal('train'), Type.Literal('validation'), Type.Literal('test'), Type.Literal('all')], {
      default: 'all', description: 'Which part of the photos.',
    }),
    testShare: Type.Number({
      default: 0.25, minimum: 0, maximum: 1,
      description: 'Share of identities (of photos, where identities are unknown) that belong to the test part when the data do not say.',
    }),
    faces: Type.Union([Type.Literal('largest'), Type.Literal('all')], {
      default: 'largest', description: '`largest`: one sample for each photo; `all`: one for each face, which runs the detector over all photos first.',
    }),
    limit: Type.Integer({ default: 0, minimum: 0, description: 'At most this many samples; 0 means all.' }),
    shuffle: Type.Boolean({ default: false, description: 'Order the samples by a fixed permutation, so that `limit` keeps a mixed selection.' }),
    maxMegapixels: Type.Number({ default: 100, exclusiveMinimum: 0, description: 'Photos with more pixels than this (in millions) are refused.' }),
  }, { additionalProperties: false }),
  in: {},
  out: {
    photo: tensor('uint8', ['H', 'W', 3], 'photo.rgb8'),
    face: value<FaceHint | null>('face.box'),
    name: value<string>('sample.name'),
    identity: value<string>('sample.identity'),
    set: value<string>('sample.set'),
    truth: value<FaceTruth | null>('face.truth'),
  },
  load: () => import('./stages/faces.js'),
});

const truth = value<FaceTruth | null>('face.truth');

export const landmarks5 = defineHost({
  summary: 'The five landmarks that the data set gives (CelebA), in pixels of the photo; samples without are refused.',
  version: 1,
  pure: true,
  runs: 'main',
  options: Type.Object({}, { additionalProperties: false }),
  in: { truth },
  out: { points: tensor('float32', [5, 2], 'landmarks5.px') },
  load: () => import('./stages/landmarks5.js'),
});

export const landmarks68 = defineHost({
  summary: 'The 68 landmarks and the yaw that the data set gives (AFLW2000-3D), in pixels of the photo; samples without are refused.',
  version: 1,
  pure: true,
  runs: 'main',
  options: Type.Object({}, { additionalProperties: false }),
  in: { truth },
  out: { landmarks: tensor('float32', [68, 2], 'landmarks2d.px'), yaw: tensor('float32', [], 'angle.rad') },
  load: () => import('./stages/landmarks68.js'),
});

export const label = defineHost({
  summary: 'What the data set says of the photo under one name (ethnicity, sex and the like), to group by.',
  version: 1,
  pure: true,
  runs: 'main',
  options: Type.Object({
    name: Type.String({ minLength: 1, default: 'ethnicity', description: 'The label: a further column of a CSV index, or `age`, `sex`, `ethnicity` of UTKFace.' }),
  }, { additionalProperties: false }),
  in: { truth },
  out: { label: value<string>('sample.label') },
  load: () => import('./stages/label.js'),
});

export const annotate = defineHost({
  summary: 'Draws landmarks and mask over the crop, for contact sheets: dots are green where trusted, yellow where doubted, red for a box.',
  version: 1,
  pure: true,
  runs: 'main',
  options: Type.Object({}, { additionalProperties: false }),
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    landmarks68: tensor('float32', [68, 2], 'landmarks68.px'),
    located: value<Located>('face.located'),
    mask: optional(tensor('float32', ['S', 'S', 1], 'mask')),
  },
  out: { image: tensor('float32', ['S', 'S', 3], 'image.rgb') },
  load: () => import('./stages/annotate.js'),
});

export const statistics = defineSink({
  summary: 'Writes what the faces of each data set are like: sizes, poses, visible share, confidence; one line a face and a summary.',
  version: 1,
  options: Type.Object({}, { additionalProperties: false }),
  in: {
    landmarks68: tensor('float32', [68, 2], 'landmarks68.px'),
    transform: tensor('float32', [2, 3], 'transform.px'),
    confidence: tensor('float32', [], 'probability'),
    disagreement: tensor('float32', [], 'disagreement'),
    located: value<Located>('face.located'),
    mask: optional(tensor('float32', ['S', 'S', 1], 'mask')),
    photo: optional(tensor('uint8', ['H', 'W', 3], 'photo.rgb8')),
    set: optional(value<string>('sample.set')),
  },
  out: {},
  load: () => import('./stages/statistics.js'),
});

export const plugin = definePlugin({
  name: 'dataset',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Photos of faces, with splits.',
  requires: { preprocess: '^0.1.0', 'coarse-3dmm': '^0.1.0' },
  stages: { faces, landmarks5, landmarks68, label, annotate, statistics },
});
