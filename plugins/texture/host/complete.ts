/** What the photo shows of a face, completed to the whole face. */
import type { Atlas } from './atlas.js';
import { fill } from './fill.js';
import type { Layer } from './photo-layer.js';
import { sampleInto, type Picture } from './sample.js';

export interface MirroredMesh {
  readonly triangles: Int32Array;
  /** [V] the vertex at the mirror image of each vertex. */
  readonly mirror: Int32Array;
}

/** Pull of the model's own colours at each coarser level: what the photo says of one place holds less far away. */
const modelPull = 0.02;

/** Below this share of the mirror image's trust the photo gives way to it. */
const preference = 0.6;

/**
 * The photo over the mirrored photo over the model. Each layer enters as its difference to what lies below, continued smoothly beyond where it is
 * known, so that the layers differ in detail at their borders but not in colour:
 *
 *   C₁ = A + fill(P' − A, w'),  C₂ = C₁ + fill(P − C₁, w)
 *
 * with A the model's albedo, P the photo's, P' its mirror image on the face, w and w' how far they are trusted. A membrane in the sense of
 * Poisson image editing (Pérez et al. 2003), with push-pull in the place of the Laplace equation. Where the mirror image is seen far better,
 * w ← w min(1, w / (0.6 w')).
 *
 * @param model [T*T*3] the model's albedo on the texture
 * @returns [T*T*3] albedo in [0, 1]
 */
export function complete(photo: Layer, model: Float32Array, mesh: MirroredMesh, atlas: Atlas): Float32Array {
  const texture = model.slice();
  const mirror = mirrored(photo, mesh, atlas);
  lay(mirror, texture, atlas.size, modelPull);
  const weights = new Float32Array(photo.weights.length);
  const onMesh = new Float32Array(weights.length);
  for (let texel = 0; texel < weights.length; texel++) {
    const weight = photo.weights[texel]!;
    if (weight > 0) weights[texel] = weight * Math.min(1, weight / Math.max(preference * mirror.weights[texel]!, 1e-6));
    if (atlas.triangleOf[texel]! >= 0) onMesh[texel] = 1;
  }
  lay({ albedo: photo.albedo, weights }, texture, atlas.size, 0);
  for (let at = 0; at < texture.length; at++) {
    if (texture[at]! < 0) texture[at] = 0;
    else if (texture[at]! > 1) texture[at] = 1;
  }
  fill(texture, onMesh, atlas.size, 3, 0);
  return texture;
}

function lay({ albedo, weights }: Layer, texture: Float32Array, size: number, pull: number): void {
  const difference = new Float32Array(texture.length);
  for (let texel = 0; texel < weights.length; texel++) {
    if (weights[texel] === 0) continue;
    for (let at = texel * 3; at < texel * 3 + 3; at++) difference[at] = albedo[at]! - texture[at]!;
  }
  fill(difference, weights, size, 3, pull);
  for (let at = 0; at < texture.length; at++) texture[at]! += difference[at]!;
}

/** At each texel what the layer has at the mirror image of that place on the face. */
function mirrored(layer: Layer, { triangles, mirror }: MirroredMesh, { size, uvs, triangleOf, weights: corners }: Atlas): Layer {
  const trusted: Picture = { width: size, height: size, channels: 4, data: weighted(layer) };
  const [albedo, weights] = [new Float32Array(layer.albedo.length), new Float32Array(layer.weights.length)];
  const there = new Float32Array(4);
  for (let texel = 0; texel < triangleOf.length; texel++) {
    const triangle = triangleOf[texel]!;
    if (triangle < 0 || layer.weights[texel] === 1) continue;
    let [u, v] = [0, 0];
    for (let corner = 0; corner < 3; corner++) {
      const other = mirror[triangles[triangle * 3 + corner]!]! * 2;
      u += corners[texel * 3 + corner]! * uvs[other]!;
      v += corners[texel * 3 + corner]! * uvs[other + 1]!;
    }
    sampleInto(trusted, u * size, (1 - v) * size, there, 0);
    const weight = there[3]!;
    if (weight === 0) continue;
    weights[texel] = weight;
    for (let channel = 0; channel < 3; channel++) albedo[texel * 3 + channel] = there[channel]! / weight;
  }
  return { albedo, weights };
}

/** Colours times weight, and the weight: what may be interpolated where colours alone are not known all around. */
function weighted({ albedo, weights }: Layer): Float32Array {
  const data = new Float32Array(weights.length * 4);
  for (let texel = 0; texel < weights.length; texel++) {
    const weight = weights[texel]!;
    if (weight === 0) continue;
    for (let channel = 0; channel < 3; channel++) data[texel * 4 + channel] = weight * albedo[texel * 3 + channel]!;
    data[texel * 4 + 3] = weight;
  }
  return data;
}
