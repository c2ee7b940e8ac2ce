/** The photo on the face: what it shows becomes the face's texture, the rest is completed. */
import { defineHost, definePlugin, optional, resourceKind, tensor, Type } from '../../framework/index.js';
import type { UnfoldableMesh } from './host/atlas.js';
import type { MirroredMesh } from './host/complete.js';

/** What this plugin needs to know of a face model. */
export interface TexturableMesh extends UnfoldableMesh, MirroredMesh {
  /** [V] 1 on plain skin: cheeks, nose, forehead. */
  readonly skinMask: Uint8Array;
}

const side = [256, 512, 1024, 2048, 4096] as const;

export const fromPhoto = defineHost({
  summary: 'Albedo from the photo where it shows the face, completed by the mirrored side and the model: a texture, and colours of the vertices.',
  version: 2,
  options: Type.Object({
    size: Type.Union(side.map((size) => Type.Literal(size)), { default: 1024, description: 'Side of the texture, px.' }),
    source: Type.Union([Type.Literal('photo'), Type.Literal('model')], {
      default: 'photo', description: 'Where colours come from: `photo`, completed by the model; or the `model` alone.',
    }),
  }, { additionalProperties: false }),
  resources: { face: resourceKind<TexturableMesh>('face-model') },
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    mask: tensor('float32', ['S', 'S', 1], 'mask'),
    vertices: tensor('float32', ['face.vertices', 3], 'mesh.vertices.dm'),
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    light: tensor('float32', [27], 'light.sh9'),
    photo: optional(tensor('uint8', ['H', 'W', 3], 'photo.rgb8')),
    transform: optional(tensor('float32', [2, 3], 'transform.px')),
    sources: optional(tensor('float32', ['face.vertices', 3], 'albedo.sources')),
  },
  out: {
    texture: tensor('float32', ['with.size', 'with.size', 3], 'texture.rgb'),
    confidence: tensor('float32', ['with.size', 'with.size', 1], 'texture.weight'),
    uvs: tensor('float32', ['face.vertices', 2], 'texture.uv'),
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
  },
  pure: true,
  runs: 'worker',
  load: () => import('./stages/from-photo.js'),
});

export const plugin = definePlugin({
  name: 'texture',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Textures of faces from photos.',
  requires: { preprocess: '^0.1.0', rasterizer: '^0.1.0' },
  stages: { 'from-photo': fromPhoto },
});
