import { Type, defineDevice, definePlugin, resourceKind, tensor } from '../../framework/index.js';
import type { SymmetricFace } from './host/mirror-signs.js';

const degrees = (value: number, description: string): ReturnType<typeof Type.Number> => Type.Number({ minimum: 0, maximum: 180, default: value, description });
const share = (value: number, description: string): ReturnType<typeof Type.Number> => Type.Number({ minimum: 0, maximum: 1, default: value, description });

const image = tensor('float32', ['S', 'S', 3], 'image.rgb');
const mask = tensor('float32', ['S', 'S', 1], 'mask');
const coefficients = tensor('float32', [257], 'coefficients.3dmm');

export const rotate = defineDevice({
  summary: 'The same face under a random pose, extreme ones too: rendered, it is I_rot.',
  version: 1,
  options: Type.Object({
    yaw: degrees(50, 'Largest usual turn to either side, degrees.'),
    extremeYaw: degrees(80, 'Largest extreme turn, degrees.'),
    extremeShare: share(0.3, 'Share of poses whose turn lies between the usual and the extreme.'),
    pitch: degrees(20, 'Largest nod up or down, degrees.'),
    roll: degrees(15, 'Largest tilt to either side, degrees.'),
    light: Type.Union([Type.Literal('keep'), Type.Literal('random')], { default: 'keep', description: 'Keep the light in the world, or draw a new one.' }),
  }, { additionalProperties: false }),
  in: { coefficients },
  out: { coefficients },
  draws: { angles: tensor('float32', [3], 'angles.rad'), light: tensor('float32', [27], 'light.sh9') },
  load: () => import('./stages/rotate.js'),
});

const occluderKind = Type.Union([Type.Literal('ellipse'), Type.Literal('blob'), Type.Literal('bar'), Type.Literal('polygon')]);

export const occlude = defineDevice({
  summary: 'I_occ: synthetic occluders over a render; the gradient flows through the pixels that stay visible.',
  version: 1,
  options: Type.Object({
    size: Type.Integer({ minimum: 16, maximum: 512, default: 112, description: 'Side of the picture that occluders are drawn in, px; the image\'s own side is best.' }),
    kinds: Type.Array(occluderKind, { minItems: 1, default: ['ellipse', 'blob', 'bar', 'polygon'], description: 'Shapes to choose from.' }),
    count: Type.Array(Type.Integer({ minimum: 0, maximum: 8 }), {
      minItems: 2, maxItems: 2, default: [1, 2], description: 'Fewest and most occluders in an image.',
    }),
    area: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 1 }), {
      minItems: 2, maxItems: 2, default: [0.02, 0.12], description: 'Least and largest area of one occluder, as a share of the image (a face fills about a third).',
    }),
    skinShare: share(0.3, 'Share of occluders in a skin tone, as hands are.'),
  }, { additionalProperties: false }),
  in: { image },
  out: { image, mask },
  draws: { occluder: tensor('float32', ['with.size', 'with.size', 4], 'image.rgba') },
  load: () => import('./stages/occlude.js'),
});

export const imperfectMask = defineDevice({
  summary: 'What a segmenter might make of an occluded render: its coverage without the occluder, where that is found.',
  version: 1,
  options: Type.Object({
    size: Type.Integer({ minimum: 16, maximum: 512, default: 112, description: 'Side of the picture that is drawn in, px; the image\'s own side is best.' }),
    found: share(0.6, 'Share of samples in which the occluder is found, but for patches of random size.'),
    margin: Type.Integer({ minimum: 0, maximum: 8, default: 2, description: 'In every second sample so many pixels along the rim of the occluder are taken for the face.' }),
  }, { additionalProperties: false }),
  in: { coverage: mask, occluder: mask },
  out: { mask },
  draws: { finding: tensor('float32', ['with.size', 'with.size', 1], 'mask'), narrow: tensor('float32', [], 'probability') },
  load: () => import('./stages/imperfect-mask.js'),
});

export const compose = defineDevice({
  summary: 'A render, black outside its coverage, pasted into a photo.',
  version: 1,
  options: Type.Object({}, { additionalProperties: false }),
  in: { render: image, coverage: mask, photo: image },
  out: { image },
  load: () => import('./stages/compose.js'),
});

const spread = (value: number, description: string): ReturnType<typeof Type.Number> => Type.Number({ minimum: 0, default: value, description });

export const vary = defineDevice({
  summary: 'Another person, expression, place and light near the given ones: rendered, a picture with known coefficients.',
  version: 1,
  options: Type.Object({
    identity: spread(0.4, 'Standard deviations added to identity.'),
    expression: spread(0.4, 'Standard deviations added to expression, after it is multiplied by a random number between 0 and 1.3.'),
    albedo: spread(0.4, 'Standard deviations added to albedo.'),
    translation: spread(0.03, 'Deviation of the shift to the side and up, dm.'),
    depth: spread(0.3, 'Deviation of the shift in depth, dm.'),
    exposure: spread(0.08, 'Deviation of the change of light, in all directions alike.'),
    lightShare: share(0.4, 'Share of samples under a random light instead of their own.'),
  }, { additionalProperties: false }),
  in: { coefficients },
  out: { coefficients },
  draws: { keep: tensor('float32', [257], 'coefficients.3dmm'), change: tensor('float32', [257], 'coefficients.3dmm') },
  load: () => import('./stages/vary.js'),
});

export const mirror = defineDevice({
  summary: 'Picture and coefficients of every other sample as in a mirror.',
  version: 1,
  options: Type.Object({ share: share(0.5, 'Share of samples that are mirrored.') }, { additionalProperties: false }),
  resources: { face: resourceKind<SymmetricFace>('face-model') },
  in: { image, coefficients },
  out: { image, coefficients },
  draws: { mirrored: tensor('float32', [], 'probability') },
  load: () => import('./stages/mirror.js'),
});

export const backdrop = defineDevice({
  summary: 'A photo as the background of a render: mostly upside down, so that its own face is not taken for the render\'s.',
  version: 1,
  options: Type.Object({ share: share(0.75, 'Share of photos that are turned upside down.') }, { additionalProperties: false }),
  in: { image },
  out: { image },
  draws: { turned: tensor('float32', [], 'probability') },
  load: () => import('./stages/backdrop.js'),
});

export const degrade = defineDevice({
  summary: 'A worse camera: exposure, softness and noise drawn for each sample. Without a gradient.',
  version: 1,
  options: Type.Object({
    size: Type.Integer({ minimum: 16, maximum: 512, default: 112, description: 'Side of the picture, px.' }),
    exposure: spread(0, 'Deviation of the exposure, in its logarithm. Coefficients of light do not follow: leave 0 where they are taught.'),
    softness: share(0.8, 'Largest share of a picture of half the size.'),
    noise: spread(0.03, 'Largest deviation of the noise.'),
  }, { additionalProperties: false }),
  in: { image },
  out: { image },
  draws: { gain: tensor('float32', [], 'probability'), softness: tensor('float32', [], 'probability'), noise: tensor('float32', ['with.size', 'with.size', 3], 'image.rgb') },
  load: () => import('./stages/degrade.js'),
});

export const plugin = definePlugin({
  name: 'self-augment',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Self-augmentation: the reconstructed face under new poses and behind synthetic occluders.',
  stages: { rotate, occlude, 'imperfect-mask': imperfectMask, compose, vary, mirror, backdrop, degrade },
});
