import type { WeightMap } from './weight-map.js';

/** Networks that can be run; each has its file in `networks/`. */
export type NetworkName = 'recognition' | 'age-gender' | 'expression';

/**
 * How features are spread over faces, measured on aligned crops whose background is black, as the losses see them.
 */
export interface FeatureStatistics {
  /** Mean over people, one number a component. */
  readonly mean: Float32Array;
  /** Standard deviation over people, one number a component. */
  readonly deviation: Float32Array;
  /** RMS Euclidean distance between the features of two people. */
  readonly spread: number;
}

export interface FaceNetwork {
  readonly name: NetworkName;
  readonly weights: WeightMap;
}

/** Frozen networks that describe a face, and what is known of their features. */
export interface FaceNetworks {
  readonly identity: FaceNetwork;
  /** Their features stand one behind the other. */
  readonly attributes: readonly FaceNetwork[];
  readonly statistics: { readonly identity: FeatureStatistics; readonly attributes: FeatureStatistics };
}

/** Statistics of features that stand one behind the other: squared distances add. */
export function joinStatistics(parts: readonly FeatureStatistics[]): FeatureStatistics {
  return {
    mean: Float32Array.from(parts.flatMap(({ mean }) => [...mean])),
    deviation: Float32Array.from(parts.flatMap(({ deviation }) => [...deviation])),
    spread: Math.hypot(...parts.map(({ spread }) => spread)),
  };
}
