/** Contracts of an identity prior that is learned from fits. */
import { defineResource, defineSink, tensor, Type } from '../../framework/index.js';
import { learned } from './contracts.js';
import { faceModelKind } from './host/face-model.js';

const closed = { additionalProperties: false } as const;

export const learnIdentity = defineSink({
  summary: 'Learns mean and covariance of the identity coefficients from the fits of many photos, with what landmarks leave open.',
  version: 1,
  options: Type.Object({
    landmarkNoise: Type.Number({ exclusiveMinimum: 0, default: 0.012, description: 'The `landmarkNoise` of the fit that the coefficients come from.' }),
  }, closed),
  resources: { face: faceModelKind },
  in: { coefficients: tensor('float32', [257], 'coefficients.3dmm') },
  out: {},
  load: () => import('./stages/learn-identity.js'),
});

export const learnedIdentity = defineResource({
  summary: 'The model of `coarse-3dmm/learned` with the mean face and the identity modes of `coarse-3dmm/learn-identity`.',
  kind: faceModelKind,
  version: 1,
  options: Type.Object({
    ...learned.options.properties,
    identity: Type.String({ minLength: 1, description: 'File that `coarse-3dmm/learn-identity` wrote for this model.' }),
  }, closed),
  dimensions: learned.dimensions,
  files: ({ albedo, identity }) => [...learned.files!({ level: 'small', albedo }), identity],
  load: () => import('./host/learn/identity-resource.js'),
});
