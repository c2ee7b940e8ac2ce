/** What leaves the system as files: meshes, coefficients, pictures, sheets, overlays and turntables. */
import { Type, defineSink, definePlugin, optional, resourceKind, tensor } from '../../framework/index.js';
import type { RenderableMesh } from '../rasterizer/index.js';

/** What the writers need to know of a face model. */
export interface ExportableMesh extends RenderableMesh {
  /** [V*2] texture coordinates, v up. */
  readonly uvs?: Float32Array;
}

const face = resourceKind<ExportableMesh>('face-model');
/** A mesh enters in one of two frames; exactly one of the two is to be connected. */
const meshPorts = {
  vertices: optional(tensor('float32', ['face.vertices', 3], 'mesh.vertices.dm')),
  shape: optional(tensor('float32', ['face.vertices', 3], 'mesh.canonical.dm')),
} as const;
/** A picture of the albedo and where each vertex lies in it; both or neither. They come from `texture/from-photo`. */
const texturePorts = {
  texture: optional(tensor('float32', ['T', 'T', 3], 'texture.rgb')),
  uvs: optional(tensor('float32', ['face.vertices', 2], 'texture.uv')),
} as const;
const strict = { additionalProperties: false } as const;

export const mesh = defineSink({
  summary: 'Writes a coloured or textured mesh as GLB, OBJ and PLY.',
  version: 2,
  options: Type.Object({
    formats: Type.Array(Type.Union([Type.Literal('glb'), Type.Literal('obj'), Type.Literal('ply')]), {
      minItems: 1, uniqueItems: true, default: ['glb', 'obj', 'ply'], description: 'Formats to write.',
    }),
    units: Type.Union([Type.Literal('mm'), Type.Literal('cm'), Type.Literal('dm'), Type.Literal('m')], {
      default: 'mm', description: 'Unit of lengths in OBJ and PLY. GLB is always in metres, as glTF demands.',
    }),
    texture: Type.Integer({
      minimum: 0, maximum: 8192, default: 0,
      description: 'Side of a texture for GLB and OBJ that is painted from the vertex colours, px; 0 writes vertex colours alone. Needs a face model with '
        + 'texture coordinates. Without meaning where a texture comes in.',
    }),
  }, strict),
  resources: { face },
  in: {
    ...meshPorts,
    ...texturePorts,
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
  },
  out: {},
  load: () => import('./stages/mesh.js'),
});

export const images = defineSink({
  summary: 'Writes every connected image as a PNG of its own, and all of them side by side with labels.',
  version: 1,
  options: Type.Object({
    scale: Type.Integer({ minimum: 1, maximum: 16, default: 1, description: 'Factor by which the strip is enlarged; the single images keep their size.' }),
    strip: Type.Boolean({ default: true, description: 'Write the strip of all images side by side.' }),
    single: Type.Boolean({ default: true, description: 'Write each image as a file of its own.' }),
  }, strict),
  in: {},
  inRest: tensor('float32', ['H', 'W', 3], 'image.rgb'),
  out: {},
  load: () => import('./stages/images.js'),
});

export const sheet = defineSink({
  summary: 'Writes one PNG an occasion: a row for each sample, a labelled column for each connected image.',
  version: 2,
  options: Type.Object({
    samples: Type.Integer({ minimum: 1, maximum: 256, default: 8, description: 'Rows at most; further samples of the occasion are left out.' }),
    scale: Type.Integer({ minimum: 1, maximum: 16, default: 1, description: 'Factor by which the images are enlarged.' }),
    across: Type.Integer({ minimum: 1, maximum: 64, default: 1, description: 'Samples that stand side by side in a row of the sheet.' }),
  }, strict),
  in: {},
  inRest: tensor('float32', ['H', 'W', 3], 'image.rgb'),
  out: {},
  load: () => import('./stages/sheet.js'),
});

export const overlay = defineSink({
  summary: 'Lays the render over the crop and, through the inverse of the alignment, over the original photo.',
  version: 1,
  options: Type.Object({
    opacity: Type.Number({ minimum: 0, maximum: 1, default: 1, description: 'Share of the render where it covers the photo.' }),
  }, strict),
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    render: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    coverage: tensor('float32', ['S', 'S', 1], 'mask'),
    photo: optional(tensor('uint8', ['H', 'W', 3], 'photo.rgb8')),
    transform: optional(tensor('float32', [2, 3], 'transform.px')),
  },
  out: {},
  load: () => import('./stages/overlay.js'),
});

export const turntable = defineSink({
  summary: 'Writes a strip of views of the mesh, turned about its vertical axis.',
  version: 2,
  options: Type.Object({
    views: Type.Integer({ minimum: 1, maximum: 36, default: 5, description: 'Number of views.' }),
    range: Type.Number({ minimum: 0, maximum: 180, default: 60, description: 'Yaw of the outermost views to both sides, degrees.' }),
    size: Type.Integer({ minimum: 16, maximum: 2048, default: 224, description: 'Width and height of a view, px.' }),
  }, strict),
  resources: { face },
  in: {
    ...meshPorts,
    ...texturePorts,
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    light: tensor('float32', [27], 'light.sh9'),
  },
  out: {},
  load: () => import('./stages/turntable.js'),
});

export const coefficients = defineSink({
  summary: 'Writes coefficients by group, pose, camera and landmarks (in the crop and in the photo) as JSON.',
  version: 1,
  options: Type.Object({
    size: Type.Integer({ minimum: 1, default: 112, description: 'Width and height of the crop that the coefficients and landmarks belong to, px.' }),
  }, strict),
  in: {
    coefficients: tensor('float32', [257], 'coefficients.3dmm'),
    landmarks: optional(tensor('float32', [68, 2], 'landmarks68.px')),
    transform: optional(tensor('float32', [2, 3], 'transform.px')),
  },
  out: {},
  load: () => import('./stages/coefficients.js'),
});

export const plugin = definePlugin({
  name: 'export',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Writes meshes, coefficients, pictures, sample sheets, overlays and turntables.',
  requires: { 'coarse-3dmm': '^0.1.0', rasterizer: '^0.1.0', texture: '^0.1.0' },
  stages: { mesh, coefficients, images, sheet, overlay, turntable },
});
