/** From a photo to the aligned face that every model here reads, and the mask of its visible skin. */
import { defineDevice, defineHost, definePlugin, optional, tensor, Type, value } from '../../framework/index.js';

/** Where a face is, roughly, in photo pixels: left, top, width, height. */
export interface FaceHint {
  readonly box: readonly [number, number, number, number];
}

/** What the landmarks of a crop rest on: see `preprocess/align`. */
export type Located = 'landmarks' | 'unsure' | 'box';

export const align = defineHost({
  summary: 'Finds the face, its landmarks, and cuts out the aligned crop (Deep3D\'s 5-point alignment).',
  version: 4,
  pure: true,
  options: Type.Object({
    size: Type.Integer({ default: 112, minimum: 16, maximum: 1024, description: 'Side of the crop, in pixels.' }),
    roll: Type.Union([Type.Literal('keep'), Type.Literal('upright')], {
      default: 'keep', description: '`keep` never turns the photo, so that roll stays in the pose (Deep3D); `upright` turns the face upright.',
    }),
    threshold: Type.Number({ default: 0.5, minimum: 0.05, maximum: 0.99, description: 'Least probability at which a detection counts as a face.' }),
    minConfidence: Type.Number({
      default: 0.5, minimum: 0, maximum: 1,
      description: 'Least confidence of the landmark network; faces behind a mask often stay below 0.1 although their landmarks are usable.',
    }),
    maxDisagreement: Type.Number({
      default: 0.03, exclusiveMinimum: 0, maximum: 1,
      description: 'Largest mean distance between the landmarks of the photo and of its mirror image, as a share of the face\'s size.',
    }),
    fallback: Type.Union([Type.Literal('box'), Type.Literal('refuse')], {
      default: 'box',
      description: 'What becomes of a face whose landmarks cannot be trusted: `box` goes by the detector\'s box and says so in `located` '
        + '(`unsure`: doubted landmarks that lie in it; `box`: a standard face placed in it); `refuse` sets the sample aside, which is right where landmarks are fitted to.',
    }),
  }, { additionalProperties: false }),
  in: {
    photo: tensor('uint8', ['H', 'W', 3], 'photo.rgb8'),
    face: optional(value<FaceHint | null>('face.box')),
  },
  out: {
    image: tensor('float32', ['with.size', 'with.size', 3], 'image.rgb'),
    landmarks: tensor('float32', [468, 2], 'landmarks468.px'),
    landmarks68: tensor('float32', [68, 2], 'landmarks68.px'),
    transform: tensor('float32', [2, 3], 'transform.px'),
    box: tensor('float32', [4], 'box.px'),
    confidence: tensor('float32', [], 'probability'),
    disagreement: tensor('float32', [], 'disagreement'),
    located: value<Located>('face.located'),
  },
  load: () => import('./stages/align.js'),
});

export const segment = defineHost({
  summary: 'Marks the visible skin of the face (mask M): without hair, glasses, hands, face masks and background.',
  version: 8,
  pure: true,
  options: Type.Object({
    parser: Type.String({
      default: 'unet', minLength: 1,
      description: '`unet`: the trained network that comes with the package, with colour where it is in doubt; `colour`: a model of this person\'s skin colour, without weights; or the '
        + 'path of a safetensors file trained with `preprocess/parse`. Results are cached by this name: give new weights a new one.',
    }),
    soft: Type.Boolean({ default: false, description: 'Give the probability of skin (0 … 1) instead of 0 or 1.' }),
  }, { additionalProperties: false }),
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    landmarks: tensor('float32', [468, 2], 'landmarks468.px'),
  },
  out: { mask: tensor('float32', ['S', 'S', 1], 'mask') },
  load: () => import('./stages/segment.js'),
});

export const parse = defineDevice({
  summary: 'The trained face parser of `segment`: a small U-Net that gives logits and probabilities of visible face skin.',
  version: 1,
  trainable: true,
  options: Type.Object({
    widths: Type.Array(Type.Integer({ minimum: 1, maximum: 1024 }), {
      minItems: 2, maxItems: 6, default: [16, 32, 64, 128],
      description: 'Channels at a half, a quarter, … of the picture\'s side, which must be divisible by two as often.',
    }),
  }, { additionalProperties: false }),
  in: { image: tensor('float32', ['S', 'S', 3], 'image.rgb') },
  out: { logits: tensor('float32', ['S', 'S', 1], 'mask.logits'), mask: tensor('float32', ['S', 'S', 1], 'mask') },
  load: () => import('./stages/parse.js'),
});

export const plugin = definePlugin({
  name: 'preprocess',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Detects, aligns and segments faces.',
  stages: { align, segment, parse },
});
