/** For plugins that compare faces by these features. */
export { faceNetworksKind } from './plugin.js';
export { joinStatistics, type FaceNetwork, type FaceNetworks, type FeatureStatistics } from './host/face-networks.js';
export { readWeightMap, type WeightMap } from './host/weight-map.js';
