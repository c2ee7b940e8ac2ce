/** Graph operators for other plugins; import it from device stages and networks only. */
export { chebyshevConvolution } from './maths/chebyshev-convolution.js';
export { vertexLinear } from './maths/vertex-linear.js';
export { meshLaplacian } from './host/mesh-laplacian.js';
export { meshLevels, type MeshLevel } from './host/mesh-levels.js';
export type { Mesh } from './host/decimate.js';
export { residualBlock, type MakeVariable, type ResidualBlock } from './networks/residual-block.js';
export type { RefinableMesh } from './plugin.js';
