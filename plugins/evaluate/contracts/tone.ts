/** How dark a face model takes skin to be, and how dark its light. */
import { defineHost, tensor, Type } from '../../../framework/index.js';
import { faceModelKind } from '../../coarse-3dmm/index.js';

const metric = tensor('float32', [], 'metric');

export const tone = defineHost({
  summary: 'Mean luminance of the albedo over the skin of the face model, and the mean shade that the light gives there.',
  version: 1,
  pure: true,
  options: Type.Object({}, { additionalProperties: false }),
  resources: { face: faceModelKind },
  in: {
    vertices: tensor('float32', ['face.vertices', 3], 'mesh.vertices.dm'),
    albedo: tensor('float32', ['face.vertices', 3], 'albedo.rgb'),
    light: tensor('float32', [27], 'light.sh9'),
  },
  out: { albedo: metric, shade: metric },
  load: () => import('../stages/tone.js'),
});
