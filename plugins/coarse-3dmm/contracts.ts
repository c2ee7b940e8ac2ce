/** Contracts of the plugin's stage types and of its resource type. */
import { defineDevice, defineHost, defineResource, tensor, Type } from '../../framework/index.js';
import { faceModelKind } from './host/face-model.js';
import { levels, type Level } from './host/makehuman/levels.js';

const closed = { additionalProperties: false } as const;
const pictureSize = (description: string) => Type.Integer({ minimum: 8, maximum: 4096, default: 224, description });

export const makehuman = defineResource({
  summary: 'A linear face model built from MakeHuman\'s base mesh, morph targets and skins.',
  kind: faceModelKind,
  version: 3,
  options: Type.Object({
    level: Type.Union((Object.keys(levels) as Level[]).map((level) => Type.Literal(level)), {
      default: 'small', description: `Resolution: ${Object.entries(levels).map(([name, { vertices }]) => `${name} ${vertices}`).join(', ')} vertices.`,
    }),
  }, closed),
  dimensions: ({ level }) => ({ vertices: levels[level as Level].vertices, triangles: levels[level as Level].triangles }),
  load: () => import('./host/makehuman/resource.js'),
});

export const decode = defineDevice({
  summary: 'Shape, albedo, pose and landmarks of a face from its coefficients (Eq. 1 and 2).',
  version: 1,
  options: Type.Object({
    size: pictureSize('Width and height of the picture in which the landmarks are given, px.'),
  }, closed),
  resources: { face: faceModelKind },
  in: { coefficients: tensor('float32', [257], 'coefficients.3dmm') },
  out: {
    vertices: tensor('float32', ['face.vertices', 3], 'mesh.vertices.dm'),
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    light: tensor('float32', [27], 'light.sh9'),
    landmarks: tensor('float32', [68, 2], 'landmarks68.px'),
    shape: tensor('float32', ['face.vertices', 3], 'mesh.canonical.dm'),
  },
  load: () => import('./stages/decode.js'),
});

export const fit = defineHost({
  summary: 'Coefficients of a photo without a network: least squares on dense landmarks, then on the pixels of the skin.',
  version: 2,
  options: Type.Object({
    landmarkNoise: Type.Number({
      exclusiveMinimum: 0, default: 0.012, description: 'Expected error of a landmark, as a fraction of the side of the face box.',
    }),
    rounds: Type.Integer({ minimum: 1, maximum: 50, default: 5, description: 'Gauss-Newton steps on pose and shape together.' }),
    lightRounds: Type.Integer({ minimum: 1, maximum: 20, default: 4, description: 'Linearisations of albedo times light.' }),
    colourNoise: Type.Number({ exclusiveMinimum: 0, default: 0.08, description: 'Expected error of a colour, in 0..1, that of the model included.' }),
  }, closed),
  resources: { face: faceModelKind },
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    landmarks: tensor('float32', [468, 2], 'landmarks468.px'),
    mask: tensor('float32', ['S', 'S', 1], 'mask'),
  },
  out: {
    coefficients: tensor('float32', [257], 'coefficients.3dmm'),
    residual: tensor('float32', [], 'fit.residual'),
  },
  pure: true,
  runs: 'worker',
  load: () => import('./stages/fit.js'),
});

export const regress = defineDevice({
  summary: 'A convolutional network from photo to coefficients: a residual backbone and seven heads that start at zero.',
  version: 1,
  trainable: true,
  options: Type.Object({
    backbone: Type.Union([Type.Literal('resnet50'), Type.Literal('small'), Type.Literal('tiny')], {
      default: 'small', description: 'Size of the network; `resnet50` is Deep3D\'s.',
    }),
  }, closed),
  in: { image: tensor('float32', ['S', 'S', 3], 'image.rgb') },
  out: { coefficients: tensor('float32', [257], 'coefficients.3dmm') },
  load: () => import('./stages/regress.js'),
});
