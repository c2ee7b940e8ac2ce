import { implementDevice, int32 } from '../../../framework/index.js';
import { checkTriangles } from '../host/render.js';
import { triangleNeighbours } from '../host/triangle-neighbours.js';
import { render as renderMesh } from '../maths/render.js';
import { render } from '../plugin.js';

export const stage = implementDevice(render, {
  build: ({ options, resource, constant }) => {
    const { triangles, vertexCount } = resource('face');
    checkTriangles(triangles, vertexCount);
    const faces = constant('face/triangles', () => int32(triangles, [triangles.length / 3, 3]));
    const neighbours = options.silhouette === 'antialias'
      ? constant('face/triangle-neighbours', () => int32(triangleNeighbours(triangles), [triangles.length / 3, 3]))
      : undefined;
    const view = { size: options.size, camera: { focal: options.focal, distance: options.cameraDistance } };
    return { run: (inputs) => ({ ...renderMesh({ ...inputs, triangles: faces, neighbours }, view) }) };
  },
});
