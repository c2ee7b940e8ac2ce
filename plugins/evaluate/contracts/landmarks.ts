/** Landmarks of photos against annotations: AFLW2000's 68 points, CelebA's five. */
import { defineDevice, defineSink, optional, tensor, Type } from '../../../framework/index.js';

const strict = { additionalProperties: false } as const;
const metric = tensor('float32', [], 'metric');
const inPhoto = tensor('float32', [68, 2], 'landmarks2d.px');
const fiveInPhoto = tensor('float32', [5, 2], 'landmarks5.px');

export const toPhoto = defineDevice({
  summary: 'Landmarks of the crop back in pixels of the photo, all 68 and the five of Deep3D and CelebA.',
  version: 1,
  options: Type.Object({}, strict),
  in: { landmarks: tensor('float32', [68, 2], 'landmarks68.px'), transform: tensor('float32', [2, 3], 'transform.px') },
  out: { landmarks: inPhoto, five: fiveInPhoto },
  load: () => import('../stages/to-photo.js'),
});

export const nme = defineDevice({
  summary: 'NME of AFLW2000: mean distance of the 68 landmarks over the root of the area of the annotation\'s bounding box.',
  version: 1,
  options: Type.Object({}, strict),
  in: {
    landmarks: inPhoto, reference: inPhoto,
    visible: optional(tensor('float32', [68], 'landmarks.visible')),
  },
  out: { error: metric },
  load: () => import('../stages/nme.js'),
});

export const fivePointError = defineDevice({
  summary: 'Mean distance of five landmarks over the distance between the annotated eyes (CelebA).',
  version: 1,
  options: Type.Object({}, strict),
  in: { points: fiveInPhoto, reference: fiveInPhoto },
  out: { error: metric },
  load: () => import('../stages/five-point-error.js'),
});

export const nmeTable = defineSink({
  summary: 'Errors by yaw (0 to 30, 30 to 60, 60 to 90 degrees) and the plain mean of the three, as JSON, CSV and Markdown.',
  version: 1,
  options: Type.Object({
    title: Type.String({ default: 'Landmarks by yaw', description: 'Heading of the Markdown table.' }),
  }, strict),
  in: { yaw: optional(tensor('float32', [], 'angle.rad')) },
  inRest: metric,
  out: {},
  load: () => import('../stages/nme-table.js'),
});
