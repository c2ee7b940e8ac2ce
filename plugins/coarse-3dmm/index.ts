/** What other plugins may import: the face model's interface, the layout of the coefficients, and their host decoder. */
export {
  albedoCount, coefficientCount, coefficientGroup, coefficientSlices, expressionCount, identityCount, type CoefficientGroup,
} from './host/coefficients.js';
export { rotationOf } from './host/fit/pose.js';
export { readHandMesh, type HandJoint, type HandMesh } from './host/makehuman/hand-mesh.js';
export { readMatFile } from './host/models/mat-file.js';
export { faceModelKind, fivePoints, standardPoints, type DenseLandmarks, type FaceModel } from './host/face-model.js';
export { coloursAt, type VertexColours } from './host/learn/vertex-colours.js';
export { visibleVertices } from './host/visible-vertices.js';
