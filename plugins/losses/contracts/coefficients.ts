/** Losses on coefficients, landmarks and albedo: Deep3D's recipe for the coarse model, and the consistency of known coefficients. */
import { Type, defineDevice, resourceKind, tensor } from '../../../framework/index.js';

/** What the losses need to know of a face model. */
export interface SkinnedMesh {
  readonly vertexCount: number;
  /** One number a vertex: above 0 on the cheeks, nose and forehead. */
  readonly skinMask: ArrayLike<number>;
}

/** What the weights of coefficients need to know of a face model. */
export interface LinearMesh {
  readonly vertexCount: number;
  /** [V*3, 80] */
  readonly identityBasis: ArrayLike<number>;
  /** [V*3, 64] */
  readonly expressionBasis: ArrayLike<number>;
  /** [V*3, 80] */
  readonly albedoBasis: ArrayLike<number>;
}

const loss = tensor('float32', [], 'loss');
const coefficients = tensor('float32', [257], 'coefficients.3dmm');
const weight = (value: number, description: string): ReturnType<typeof Type.Number> => Type.Number({ minimum: 0, default: value, description });
const positive = (value: number, description: string): ReturnType<typeof Type.Number> => Type.Number({ exclusiveMinimum: 0, default: value, description });

export const coefficientConsistency = defineDevice({
  summary: 'Section 3.2.3: the regressor must return the coefficients that a render was made from.',
  version: 1,
  options: Type.Object({
    weights: Type.Object({
      identity: weight(1, 'Identity shape.'), expression: weight(1, 'Expression.'), albedo: weight(1, 'Albedo.'), angles: weight(1, 'Angles.'),
      light: weight(1, 'Light.'), translation: weight(1, 'Translation in x and y.'), depth: weight(1, 'Translation in z.'),
    }, { additionalProperties: false, default: {}, description: 'Weight of each group of coefficients.' }),
    scales: Type.Object({
      identity: positive(1, 'Standard deviations.'), expression: positive(1, 'Standard deviations.'), albedo: positive(1, 'Standard deviations.'),
      angles: positive(0.1, 'Radians.'), light: positive(0.2, 'Light units.'), translation: positive(0.1, 'Decimetres.'), depth: positive(0.5, 'Decimetres.'),
    }, { additionalProperties: false, default: {}, description: 'The error in each group that counts 1.' }),
  }, { additionalProperties: false }),
  in: { predicted: coefficients, target: coefficients },
  out: { value: loss },
  load: () => import('../stages/coefficient-consistency.js'),
});

export const meshConsistency = defineDevice({
  summary: 'Coefficients against known ones, each weighed by how far it moves or colours the mesh.',
  version: 1,
  options: Type.Object({
    shape: positive(0.03, 'The error of a vertex that counts 1, dm.'),
    albedo: positive(0.05, 'The error of a colour that counts 1, in 0..1.'),
    angles: positive(0.05, 'The error of an angle that counts 1, radians.'),
    light: positive(0.1, 'The error of a band of the light that counts 1.'),
    translation: positive(0.03, 'The error of the shift to the side and up that counts 1, dm.'),
    depth: positive(0.3, 'The error of the shift in depth that counts 1, dm.'),
  }, { additionalProperties: false }),
  resources: { face: resourceKind<LinearMesh>('face-model') },
  in: { predicted: coefficients, target: coefficients },
  out: { value: loss },
  load: () => import('../stages/mesh-consistency.js'),
});

export const coefficientPrior = defineDevice({
  summary: 'Deep3D: squared identity, expression and albedo coefficients.',
  version: 1,
  options: Type.Object({
    identity: weight(1, 'Weight of identity.'), expression: weight(0.8, 'Weight of expression.'), albedo: weight(0.017, 'Weight of albedo.'),
  }, { additionalProperties: false }),
  in: { coefficients },
  out: { value: loss },
  load: () => import('../stages/coefficient-prior.js'),
});

export const lightPrior = defineDevice({
  summary: 'Deep3D: light is white; and, unlike Deep3D, its level stays near the population\'s, so that dark skin is not explained as dark light.',
  version: 1,
  options: Type.Object({
    level: Type.Number({ default: 0.25, description: 'Band 0 of the mean light over people, before Deep3D\'s 0.8 is added; 0.25 shades by 0.93.' }),
    levelWeight: weight(0.3, 'Weight of the squared distance from that level; 0 is Deep3D\'s own loss.'),
  }, { additionalProperties: false }),
  in: { coefficients },
  out: { value: loss },
  load: () => import('../stages/light-prior.js'),
});

export const landmark = defineDevice({
  summary: 'Deep3D: weighted squared distance of 68 landmarks.',
  version: 1,
  options: Type.Object({
    size: Type.Integer({ minimum: 1, default: 224, description: 'Side of the image that the pixels belong to, px; distances are scaled to 224.' }),
  }, { additionalProperties: false }),
  in: { predicted: tensor('float32', [68, 2], 'landmarks68.px'), target: tensor('float32', [68, 2], 'landmarks68.px') },
  out: { value: loss },
  load: () => import('../stages/landmark.js'),
});

export const skinVariance = defineDevice({
  summary: 'Deep3D (reflectance): variance of the albedo over skin vertices.',
  version: 1,
  options: Type.Object({}, { additionalProperties: false }),
  resources: { face: resourceKind<SkinnedMesh>('face-model') },
  in: { albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb') },
  out: { value: loss },
  load: () => import('../stages/skin-variance.js'),
});
