/** What other plugins may import: host functions on typed arrays, without TensorFlow.js. */
export { deep3dCamera, nearPlane, projectVertices, type Camera, type Numbers } from './host/camera.js';
export { background } from './host/visibility.js';
export { ambientStart, shBasis } from './host/spherical-harmonics.js';
export {
  interpolateHost, rasterizeHost, renderHost, renderWith, shadeHost, vertexNormalsHost, type HostImage, type Raster,
} from './host/render.js';
export type { RenderableMesh } from './plugin.js';
