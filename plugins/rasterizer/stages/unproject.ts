import { implementDevice, int32 } from '../../../framework/index.js';
import { checkTriangles } from '../host/render.js';
import { unproject as unprojectImage } from '../maths/unproject.js';
import { unproject } from '../plugin.js';

export const stage = implementDevice(unproject, {
  build: ({ options, resource, constant }) => {
    const { triangles, vertexCount } = resource('face');
    checkTriangles(triangles, vertexCount);
    const faces = constant('face/triangles', () => int32(triangles, [triangles.length / 3, 3]));
    const camera = { focal: options.focal, distance: options.cameraDistance };
    return { run: (inputs) => ({ ...unprojectImage({ ...inputs, triangles: faces }, { size: inputs.image.shape[1]!, camera }) }) };
  },
});
