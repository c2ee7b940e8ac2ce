import { Type, defineDevice, definePlugin, defineSink, optional, resourceKind, tensor } from '../../framework/index.js';

/** What this plugin needs to know of a face model. */
export interface RefinableMesh {
  readonly vertexCount: number;
  /** Three vertex indices for each triangle. */
  readonly triangles: Int32Array;
  /** [N · 3], dm. */
  readonly meanShape: Float32Array;
}

export interface MirroredMesh extends RefinableMesh {
  /** [N] the vertex at the mirror image of each vertex. */
  readonly mirror: Int32Array;
}

const networkOptions = () => ({
  terms: Type.Integer({ minimum: 1, maximum: 16, default: 6, description: 'K, the number of Chebyshev terms; the degree is K − 1.' }),
  widths: Type.Union([
    Type.Literal('narrow'), Type.Literal('wide'), Type.Array(Type.Integer({ minimum: 1, maximum: 512 }), { minItems: 3, maxItems: 3 }),
  ], {
    default: [16, 32, 16],
    description: 'Channels after the first three of the four blocks; the fourth gives 3. `narrow` is 16, 32, 16, `wide` 32, 64, 128.',
  }),
  pooled: Type.Boolean({ default: false, description: 'Run the second and third block at a quarter of the vertices.' }),
});

export const refine = defineDevice({
  summary: 'Mesh-wise refiner: four spectral residual blocks turn coarse vertex colours into an addition to them.',
  version: 1,
  trainable: true,
  options: Type.Object(networkOptions(), { additionalProperties: false }),
  resources: { face: resourceKind<RefinableMesh>('face-model') },
  in: { albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb') },
  out: { residual: tensor('float32', ['face.vertices', 3], 'albedo.residual') },
  load: () => import('./stages/refine.js'),
});

export const blend = defineDevice({
  summary: 'Albedo of each vertex from the model, the photo and its mirrored side, each as far as a graph network believes it.',
  version: 1,
  trainable: true,
  options: Type.Object(networkOptions(), { additionalProperties: false }),
  resources: { face: resourceKind<MirroredMesh>('face-model') },
  in: {
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    seen: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    visible: tensor('float32', ['face.vertices', 1], 'vertices.visible'),
  },
  out: {
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    sources: tensor('float32', ['face.vertices', 3], 'albedo.sources'),
  },
  load: () => import('./stages/blend.js'),
});

export const constant = defineDevice({
  summary: 'One addition to the albedo for every face, learned or loaded: the baseline that a refiner must beat.',
  version: 1,
  trainable: true,
  options: Type.Object({}, { additionalProperties: false }),
  resources: { face: resourceKind<RefinableMesh>('face-model') },
  in: { albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb') },
  out: { residual: tensor('float32', ['face.vertices', 3], 'albedo.residual') },
  load: () => import('./stages/constant.js'),
});

export const solveConstant = defineSink({
  summary: 'What `constant` should add, in closed form: the residual that explains the pixels of all photos best, by least squares.',
  version: 1,
  options: Type.Object({
    prior: Type.Number({ exclusiveMinimum: 0, default: 1, description: 'So many photos that show a vertex without any residual are added, so that what few photos show stays small.' }),
  }, { additionalProperties: false }),
  resources: { face: resourceKind<RefinableMesh>('face-model') },
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    mask: tensor('float32', ['S', 'S', 1], 'mask'),
    vertices: tensor('float32', ['face.vertices', 3], 'mesh.vertices.dm'),
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    light: tensor('float32', [27], 'light.sh9'),
  },
  out: {},
  load: () => import('./stages/solve-constant.js'),
});

export const fuse = defineDevice({
  summary: 'The refined albedo: coarse albedo plus the mean of what the connected refiners add.',
  version: 1,
  options: Type.Object({
    mode: Type.Union([Type.Literal('residual'), Type.Literal('absolute')], {
      default: 'residual',
      description: '`residual`: the refiners add to the coarse albedo; `absolute`: the mean of their outputs around 0.5 is the albedo.',
    }),
  }, { additionalProperties: false }),
  resources: { face: resourceKind<RefinableMesh>('face-model') },
  in: {
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    mesh: optional(tensor('float32', ['face.vertices', 3], 'albedo.residual')),
    features: optional(tensor('float32', ['face.vertices', 3], 'albedo.residual')),
  },
  out: { albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb') },
  load: () => import('./stages/fuse.js'),
});

export const plugin = definePlugin({
  name: 'gcn-refiner',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Spectral graph convolutions on a mesh: the mesh-wise albedo refiner, and the operators that other graph networks use.',
  requires: { 'coarse-3dmm': '^0.1.0', rasterizer: '^0.1.0' },
  stages: { blend, refine, constant, 'solve-constant': solveConstant, fuse },
});
