import { Type, defineDevice, definePlugin, defineResource, optional, resourceKind, tensor } from '../../framework/index.js';
import type { RefinableMesh } from '../gcn-refiner/index.js';
import type { FaceNetworks } from './host/face-networks.js';

export const faceNetworksKind = resourceKind<FaceNetworks>('face-networks');

/** Features that the attribute networks of face-api give, by name. */
const attributeWidths = { 'age-gender': 512, expression: 256 } as const;
const identityWidth = 128;

export const faceApi = defineResource({
  summary: 'The recognition, age and sex, and expression networks of @vladmandic/face-api, with statistics of their features over faces.',
  kind: faceNetworksKind,
  version: 1,
  options: Type.Object({
    attributes: Type.Array(Type.Union([Type.Literal('age-gender'), Type.Literal('expression')]), {
      default: ['age-gender', 'expression'], minItems: 1, uniqueItems: true,
      description: 'Networks whose pooled features are the face attributes, in order.',
    }),
    folder: Type.Optional(Type.String({ description: 'Folder of the weight files; the one inside the npm package by default.' })),
  }, { additionalProperties: false }),
  dimensions: ({ attributes }) => {
    const width = attributes.reduce((sum, name) => sum + attributeWidths[name], 0);
    return { identity: identityWidth, attributes: width, features: identityWidth + width };
  },
  load: () => import('./host/face-api.js'),
});

export const embed = defineDevice({
  summary: 'Identity code and face-attribute features of an image, from frozen networks; differentiable with respect to the image.',
  version: 1,
  cacheable: true,
  options: Type.Object({
    identitySize: Type.Integer({
      minimum: 112, maximum: 300, default: 150, description: 'Side of the image that the recognition network sees, px; it was trained at 150.',
    }),
    attributeSize: Type.Integer({
      minimum: 64, maximum: 224, default: 112, description: 'Side of the image that the attribute networks see, px; they were trained at 112.',
    }),
    only: Type.Optional(Type.Union([Type.Literal('identity'), Type.Literal('attributes')], {
      description: 'Run only these networks, where nobody reads what the others give: that is then zero.',
    })),
  }, { additionalProperties: false }),
  resources: { networks: faceNetworksKind },
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    mask: optional(tensor('float32', ['S', 'S', 1], 'mask')),
  },
  out: {
    identity: tensor('float32', ['networks.identity'], 'features.identity'),
    attributes: tensor('float32', ['networks.attributes'], 'features.attributes'),
    features: tensor('float32', ['networks.features'], 'features.face'),
  },
  load: () => import('./stages/embed.js'),
});

export const decode = defineDevice({
  summary: 'Feature-wise refiner: a graph decoder turns identity and attribute features into an addition to the albedo.',
  version: 1,
  trainable: true,
  options: Type.Object({
    terms: Type.Integer({ minimum: 1, maximum: 16, default: 6, description: 'K, the number of Chebyshev terms; the degree is K − 1.' }),
    widths: Type.Union([
      Type.Literal('narrow'), Type.Literal('wide'), Type.Array(Type.Integer({ minimum: 1, maximum: 512 }), { minItems: 3, maxItems: 3 }),
    ], {
      default: [16, 16, 16],
      description: 'Channels after the first three of the four (unpool, block) steps; the fourth gives 3. `narrow` is 16, 16, 16, `wide` 64, 128, 256.',
    }),
    coarse: Type.Integer({ minimum: 1, maximum: 512, default: 32, description: 'Channels of the signal on the coarsest mesh.' }),
  }, { additionalProperties: false }),
  resources: { face: resourceKind<RefinableMesh>('face-model'), networks: faceNetworksKind },
  in: {
    identity: optional(tensor('float32', ['networks.identity'], 'features.identity')),
    attributes: optional(tensor('float32', ['networks.attributes'], 'features.attributes')),
  },
  out: { residual: tensor('float32', ['face.vertices', 3], 'albedo.residual') },
  load: () => import('./stages/decode.js'),
});

export const plugin = definePlugin({
  name: 'faid',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Face attributes and identity: frozen networks that describe a face, and the decoder that paints its details from them.',
  requires: { 'gcn-refiner': '^0.1.0' },
  stages: { embed, decode },
  resources: { 'face-api': faceApi },
});
