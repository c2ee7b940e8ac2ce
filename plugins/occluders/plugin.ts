/** Faces of which it is known where their skin is visible: to train and to test what looks for it. */
import { defineHost, definePlugin, optional, tensor, Type, value } from '../../framework/index.js';

const strict = { additionalProperties: false } as const;
const share = (initial: number, description: string) => Type.Number({ minimum: 0, maximum: 1, default: initial, description });
const image = tensor('float32', ['S', 'S', 3], 'image.rgb');
const mask = tensor('float32', ['S', 'S', 1], 'mask');
const weight = tensor('float32', ['S', 'S', 1], 'mask.weight');
const landmarks = tensor('float32', [468, 2], 'landmarks468.px');

export const truth = defineHost({
  summary: 'Where a photo shows skin of the face for certain, where not, and where nobody can say: a consensus of landmarks and colour.',
  version: 1,
  pure: true,
  options: Type.Object({
    least: share(0.4, 'Photos whose certain skin fills less of the face than this are refused: they are covered already, or their colours mislead.'),
  }, strict),
  in: { skin: mask, landmarks },
  out: { mask, weight },
  load: () => import('./stages/truth.js'),
});

const kind = Type.Union([
  Type.Literal('hand'), Type.Literal('hair'), Type.Literal('glasses'), Type.Literal('mask'), Type.Literal('cloth'), Type.Literal('object'), Type.Literal('cutout'),
]);

export const cover = defineHost({
  summary: 'Lays hands, hair, glasses, face masks, cloth and objects over a face, and takes them out of its mask; another draw every epoch.',
  version: 2,
  pure: false,
  options: Type.Object({
    kinds: Type.Array(kind, { default: ['hand', 'hair', 'glasses', 'mask', 'cloth', 'object', 'cutout'], description: 'What to choose from; a kind that is named twice is drawn twice as often; `cutout` counts only where `cutouts` is given.' }),
    bare: share(0.12, 'Share of faces left bare.'),
    second: share(0.25, 'Share of covered faces that get a second cover.'),
    beards: share(0.12, 'Share of faces that get a procedural beard, which belongs to the face.'),
    augment: Type.Boolean({ default: true, description: 'Change framing, light, colours, sharpness, noise and compression.' }),
    cutouts: Type.String({ default: '', description: 'A folder of PNG files with an alpha channel, face masks, which become the kind `cutout`; empty for none.' }),
    without: Type.Array(Type.String({ minLength: 1 }), { default: [], description: 'Cut-outs whose file name holds one of these words are left out, to be kept for tests.' }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'The same seed, sample key and epoch give the same covers.' }),
  }, strict),
  in: { image, landmarks, mask, weight: optional(weight) },
  out: { image, mask, weight, cover: mask, kind: value<string>('occluder.kind') },
  load: () => import('./stages/cover.js'),
});

export const plugin = definePlugin({
  name: 'occluders',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Faces with known visible skin: truth of photos, and covers laid over them.',
  requires: { 'coarse-3dmm': '^0.1.0', preprocess: '^0.1.0', rasterizer: '^0.1.0' },
  stages: { truth, cover },
});
