import { Type, defineDevice, definePlugin, resourceKind, tensor } from '../../framework/index.js';
import { deep3dCamera } from './host/camera.js';

/** What this plugin needs to know of a face model. */
export interface RenderableMesh {
  /** F triples of vertex indices, counter-clockwise seen from outside. */
  readonly triangles: Int32Array;
  readonly vertexCount: number;
}

const focalOption = () => Type.Number({
  exclusiveMinimum: 0, default: deep3dCamera.focal, description: 'Focal length in image sizes; 4.53125 is 1015 px at 224 px.',
});
const distanceOption = () => Type.Number({
  exclusiveMinimum: 0, default: deep3dCamera.distance, description: 'Distance of the camera from the origin, dm.',
});

export const render = defineDevice({
  summary: 'Renders a posed, coloured mesh under spherical-harmonic light: differentiable rasteriser with deferred shading.',
  version: 1,
  options: Type.Object({
    size: Type.Integer({ minimum: 1, maximum: 4096, default: 224, description: 'Width and height of the image, px.' }),
    focal: focalOption(),
    cameraDistance: distanceOption(),
    silhouette: Type.Union([Type.Literal('none'), Type.Literal('antialias')], {
      default: 'none',
      description: 'Outlines: `none` gives hard borders without a gradient; `antialias` blends image and coverage there, so that vertices learn from them.',
    }),
  }, { additionalProperties: false }),
  resources: { face: resourceKind<RenderableMesh>('face-model') },
  in: {
    vertices: tensor('float32', ['face.vertices', 3], 'mesh.vertices.dm'),
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    light: tensor('float32', [27], 'light.sh9'),
  },
  out: {
    image: tensor('float32', ['with.size', 'with.size', 3], 'image.rgb'),
    coverage: tensor('float32', ['with.size', 'with.size', 1], 'mask'),
    depth: tensor('float32', ['with.size', 'with.size', 1], 'depth.dm'),
    normals: tensor('float32', ['with.size', 'with.size', 3], 'normals.unit'),
  },
  load: () => import('./stages/render.js'),
});

export const unproject = defineDevice({
  summary: 'What an image shows of a posed mesh: the colour at each vertex without its light, and how well the vertex is seen.',
  version: 1,
  options: Type.Object({ focal: focalOption(), cameraDistance: distanceOption() }, { additionalProperties: false }),
  resources: { face: resourceKind<RenderableMesh>('face-model') },
  in: {
    image: tensor('float32', ['S', 'S', 3], 'image.rgb'),
    mask: tensor('float32', ['S', 'S', 1], 'mask'),
    vertices: tensor('float32', ['face.vertices', 3], 'mesh.vertices.dm'),
    light: tensor('float32', [27], 'light.sh9'),
  },
  out: {
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    visible: tensor('float32', ['face.vertices', 1], 'vertices.visible'),
  },
  load: () => import('./stages/unproject.js'),
});

export const plugin = definePlugin({
  name: 'rasterizer',
  version: '0.1.0',
  framework: '^0.1.0',
  summary: 'Differentiable rasteriser with deferred shading and spherical-harmonic light, in Deep3D conventions.',
  stages: { render, unproject },
});
