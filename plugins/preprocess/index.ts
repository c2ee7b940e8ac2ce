/** What other plugins may use. */
export type { FaceHint, Located } from './plugin.js';
export { segment } from './plugin.js';
export { applyAffine, boundsOf, composeAffine, invertAffine, mapPoints, type Affine, type Point } from './host/affine.js';
export { alignFace, type AlignedFace, type AlignOptions } from './host/align-face.js';
export { faceFrameOf, type FaceFrame } from './host/face-frame.js';
export { detectFaces, detectionSquare, type Box, type FaceNetworks } from './host/locate-face.js';
export { fivePointsOf, orthographicPose, standardPoints, type OrthographicPose } from './host/alignment.js';
export { fillPolygon } from './host/fill-polygon.js';
export { faceOval, landmarks68, landmarks68Of, leftBrow, leftEye, lips, rightBrow, rightEye } from './host/mesh-topology.js';
export { meshMirror } from './host/mesh-mirror.js';
export { warpAffine, type Photo } from './host/warp-affine.js';
export { halved } from './host/halve-picture.js';
export { maskInside, segmentFace } from './host/segment-face.js';
export { loadFaceNetworks } from './networks/face-networks.js';
export { loadPackagedModel, type PackagedModel } from './networks/packaged-model.js';
