/** Losses between images and features of faces: the paper's Eq. 5 to 9 and section 3.2.3. */
import { Type, defineDevice, optional, tensor } from '../../../framework/index.js';
import { faceNetworksKind } from '../../faid/index.js';

const loss = tensor('float32', [], 'loss');
const mask = tensor('float32', ['S', 'S', 1], 'mask');

const centre = Type.Boolean({ default: true, description: 'Subtract the mean embedding of people before the cosine (Eq. 7 leaves it in).' });
const scale = Type.Boolean({ default: true, description: 'Divide by the RMS distance between two people (Eq. 8 does not).' });

export const photometric = defineDevice({
  summary: 'Eq. 6: mean colour distance between photo and render inside the mask, without known occluder pixels.',
  version: 1,
  options: Type.Object({}, { additionalProperties: false }),
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    render: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    mask: optional(mask),
    coverage: optional(mask),
    exclude: optional(mask),
  },
  out: { value: loss },
  load: () => import('../stages/photometric.js'),
});

export const identity = defineDevice({
  summary: 'Eq. 7: one minus the cosine of two identity codes, centred by default.',
  version: 1,
  options: Type.Object({ centre }, { additionalProperties: false }),
  resources: { networks: faceNetworksKind },
  in: {
    identity: tensor('float32', ['networks.identity'], 'features.identity'),
    render: tensor('float32', ['networks.identity'], 'features.identity'),
  },
  out: { value: loss },
  load: () => import('../stages/identity.js'),
});

export const attribute = defineDevice({
  summary: 'Eq. 8: distance of two vectors of face attributes, by default as a share of the distance between people.',
  version: 1,
  options: Type.Object({ scale }, { additionalProperties: false }),
  resources: { networks: faceNetworksKind },
  in: {
    attributes: tensor('float32', ['networks.attributes'], 'features.attributes'),
    render: tensor('float32', ['networks.attributes'], 'features.attributes'),
  },
  out: { value: loss },
  load: () => import('../stages/attribute.js'),
});

export const robustified = defineDevice({
  summary: 'Eq. 9: Eq. 7 plus Eq. 8 between the photo and each of any number of rotated and occluded renders, whose inputs may have any name.',
  version: 1,
  options: Type.Object({
    centre, scale,
    identity: Type.Number({ minimum: 0, default: 1, description: 'Weight of Eq. 7 within a render.' }),
    attribute: Type.Number({ minimum: 0, default: 1, description: 'Weight of Eq. 8 within a render.' }),
    reduce: Type.Union([Type.Literal('sum'), Type.Literal('mean')], { default: 'sum', description: 'Over the renders.' }),
  }, { additionalProperties: false }),
  resources: { networks: faceNetworksKind },
  in: { features: tensor('float32', ['networks.features'], 'features.face') },
  inRest: tensor('float32', ['networks.features'], 'features.face'),
  out: { value: loss },
  load: () => import('../stages/robustified.js'),
});

export const selfAugmentation = defineDevice({
  summary: 'Section 3.2.3: weighted mean of the training loss over the pairs of self-augmentation, whose inputs may have any name.',
  version: 1,
  options: Type.Object({
    weights: Type.Record(Type.String(), Type.Number({ minimum: 0 }), { default: {}, description: 'Weight of a pair by input name; 1 where not named.' }),
  }, { additionalProperties: false }),
  in: {},
  inRest: loss,
  out: { value: loss },
  load: () => import('../stages/self-augmentation.js'),
});

export const total = defineDevice({
  summary: 'Eq. 5: weighted sum of named terms; gives each weighted term too, under the name of its input.',
  version: 2,
  options: Type.Object({
    weights: Type.Record(Type.String(), Type.Number(), {
      default: {},
      description: 'Weight of a term by input name. Known without being named: photometric 1, identity 0.2, attribute 0.005, robustified 0.001, selfAugmentation 1, consistency 1.',
    }),
  }, { additionalProperties: false }),
  in: {},
  inRest: loss,
  outRest: loss,
  out: { loss },
  load: () => import('../stages/total.js'),
});
