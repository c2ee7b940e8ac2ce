/** What a network that blends model, photo and mirrored photo makes of the photo, as trust in its texels. */
import { smoothStep, type Layer } from './photo-layer.js';

/** Share of the photo in a vertex's colour, from no trust to full. */
const share = [0.3, 0.7] as const;

/** [V*3] shares of model, photo and mirrored photo → [V] trust in the photo. */
export function believe(sources: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: sources.length / 3 }, (_, vertex) => smoothStep(share, sources[vertex * 3 + 1]!));
}

/** The layer with its weights times the trust at each texel, where there is one. */
export function weighed(layer: Layer, trust: Float32Array | undefined): Layer {
  return trust ? { albedo: layer.albedo, weights: layer.weights.map((weight, texel) => weight * trust[texel]!) } : layer;
}
