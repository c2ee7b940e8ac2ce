/** Contracts of the plugin's stage types and of its resource type. */
import { defineDevice, defineHost, defineResource, defineSink, optional, tensor, Type, value } from '../../framework/index.js';
import { faceModelKind } from './host/face-model.js';
import { albedoPath } from './host/learn/albedo-path.js';
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

export const learned = defineResource({
  summary: 'MakeHuman\'s geometry with mean albedo and albedo modes that were learned from photos (`coarse-3dmm/learn-albedo`).',
  kind: faceModelKind,
  version: 1,
  options: Type.Object({
    ...makehuman.options.properties,
    albedo: Type.String({ default: 'shipped', description: 'File of the albedo: `shipped` is the one in the package, else a path.' }),
  }, closed),
  dimensions: makehuman.dimensions,
  files: ({ albedo }) => [albedoPath(albedo)],
  load: () => import('./host/learn/resource.js'),
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

export const landmarks = defineDevice({
  summary: 'The 68 landmarks of a face from its coefficients, their box and the yaw: a small part of what `decode` costs.',
  version: 1,
  options: Type.Object({
    size: pictureSize('Width and height of the picture in which the landmarks are given, px.'),
  }, closed),
  resources: { face: faceModelKind },
  in: { coefficients: tensor('float32', [257], 'coefficients.3dmm') },
  out: { landmarks: tensor('float32', [68, 2], 'landmarks68.px'), box: tensor('float32', [4], 'box.px'), yaw: tensor('float32', [], 'angle.rad') },
  load: () => import('./stages/landmarks.js'),
});

/** How light and albedo are solved from the colours of a photo. */
const colourSolveOptions = {
  lightRounds: Type.Integer({ minimum: 1, maximum: 20, default: 3, description: 'Linearisations of albedo times light.' }),
  colourNoise: Type.Number({ exclusiveMinimum: 0, default: 0.08, description: 'Expected error of a colour, in 0..1, that of the model included.' }),
};

export const fit = defineHost({
  summary: 'Coefficients of a photo without a network: least squares on dense landmarks, then on the pixels of the skin.',
  version: 9,
  options: Type.Object({
    landmarkNoise: Type.Number({
      exclusiveMinimum: 0, default: 0.012, description: 'Expected error of a landmark, as a fraction of the side of the face box.',
    }),
    openingNoise: Type.Number({
      exclusiveMinimum: 0, default: 0.003, description: 'Expected error of the gap between two lids or lips, as a fraction of the side of the face box.',
    }),
    rounds: Type.Integer({ minimum: 1, maximum: 50, default: 4, description: 'Gauss-Newton steps on pose and shape together.' }),
    ...colourSolveOptions,
  }, closed),
  resources: { face: faceModelKind },
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    landmarks: tensor('float32', [468, 2], 'landmarks468.px'),
    mask: tensor('float32', ['S', 'S', 1], 'mask'),
    located: optional(value<'landmarks' | 'unsure' | 'box'>('face.located')),
  },
  out: {
    coefficients: tensor('float32', [257], 'coefficients.3dmm'),
    residual: tensor('float32', [], 'fit.residual'),
  },
  pure: true,
  runs: 'worker',
  load: () => import('./stages/fit.js'),
});

export const learnAlbedo = defineSink({
  summary: 'Learns a mean albedo, a tone axis and albedo modes from fitted photos, in rounds of fit, removal of light and principal modes.',
  version: 1,
  options: Type.Object({
    rounds: Type.Integer({ minimum: 1, maximum: 20, default: 3, description: 'Fits of all photos, each in the basis of the round before.' }),
    vertices: Type.Integer({ minimum: 100, maximum: 5000, default: 700, description: 'Vertices that a photo\'s light and albedo are solved from.' }),
    refusedShare: Type.Number({ minimum: 0, maximum: 0.5, default: 0.05, description: 'Share of the photos, the worst explained, that is left out.' }),
    ...colourSolveOptions,
  }, closed),
  resources: { face: faceModelKind },
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    mask: tensor('float32', ['S', 'S', 1], 'mask'),
    coefficients: tensor('float32', [257], 'coefficients.3dmm'),
  },
  out: {},
  load: () => import('./stages/learn-albedo.js'),
});

const features = tensor('float32', ['F'], 'features.coarse');
const coefficients = tensor('float32', [257], 'coefficients.3dmm');

export const solveHeads = defineSink({
  summary: 'The heads of `regress` in closed form: ridge regression of known coefficients on its features; with `start`, a step of `cascade` from there. A start for training.',
  version: 1,
  options: Type.Object({
    lambdas: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
      minItems: 1, default: [0.003, 0.03, 0.1, 0.3, 1, 3, 10], description: 'Strengths of the ridge to choose from, as shares of each feature\'s variance.',
    }),
    otherWeight: Type.Number({ exclusiveMinimum: 0, default: 1, description: 'How much the other picture of a sample counts.' }),
    heldOutEvery: Type.Integer({ minimum: 2, default: 10, description: 'Every so many samples one is left out, to choose the strength by.' }),
  }, closed),
  in: {
    features, coefficients, start: optional(coefficients),
    otherFeatures: optional(features), otherCoefficients: optional(coefficients), otherStart: optional(coefficients),
  },
  out: {},
  load: () => import('./stages/solve-heads.js'),
});

export const regress = defineDevice({
  summary: 'A convolutional network from photo to coefficients: a residual backbone and seven heads that start at zero.',
  version: 1,
  trainable: true,
  options: Type.Object({
    backbone: Type.Union([Type.Literal('resnet50'), Type.Literal('dense'), Type.Literal('small'), Type.Literal('tiny')], {
      default: 'dense', description: 'The network; `resnet50` is Deep3D\'s, `dense` has the layers of face-api\'s landmark network.',
    }),
  }, closed),
  in: { image: tensor('float32', ['S', 'S', 3], 'image.rgb') },
  out: { coefficients, features },
  load: () => import('./stages/regress.js'),
});

export const cascade = defineDevice({
  summary: 'Corrects coefficients by the colours that the photo shows at 468 points of the face that they describe: a step of cascaded regression.',
  version: 1,
  trainable: true,
  options: Type.Object({
    hidden: Type.Integer({ minimum: 0, maximum: 4096, default: 128, description: 'Rectified units beside the linear map; 0: that alone.' }),
    openings: Type.Boolean({ default: false, description: 'Looks at lines across eyes and mouth too, at the full size of the photo.' }),
    upToYaw: Type.Number({
      minimum: 0, maximum: 180, default: 180, description: 'Degrees to either side up to which the step counts in full; from 20° more on it changes nothing.',
    }),
  }, closed),
  resources: { face: faceModelKind },
  in: { image: tensor('float32', ['S', 'S', 3], 'image.rgb'), coefficients },
  out: { coefficients, features },
  load: () => import('./stages/cascade.js'),
});
