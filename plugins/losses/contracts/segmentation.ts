/** Losses of networks that mark regions. */
import { Type, defineDevice, optional, tensor } from '../../../framework/index.js';

export const segmentation = defineDevice({
  summary: 'Weighted cross-entropy plus soft Dice loss of a mask\'s logits.',
  version: 1,
  options: Type.Object({
    negatives: Type.Number({
      exclusiveMinimum: 0, default: 1, description: 'Weight of pixels outside of the mask in the cross-entropy; that of pixels inside is 1.',
    }),
    dice: Type.Number({ minimum: 0, default: 1, description: 'Weight of the Dice loss; that of the cross-entropy is 1.' }),
  }, { additionalProperties: false }),
  in: {
    logits: tensor('float32', ['S', 'S', 1], 'mask.logits'),
    mask: tensor('float32', ['S', 'S', 1], 'mask'),
    weight: optional(tensor('float32', ['S', 'S', 1], 'mask.weight')),
  },
  out: { value: tensor('float32', [], 'loss') },
  load: () => import('../stages/segmentation.js'),
});
