/** The albedo that a photo shows, on one half of a symmetric face. */
import { shadeHost, shBasis } from '../../../rasterizer/index.js';
import { albedoCount } from '../coefficients.js';
import { solveColours, type AlbedoModel, type Colours, type ColourOptions, type ColourSample } from '../fit/fit-colour.js';
import type { HalfFace } from './half-face.js';
import type { VertexColours } from './vertex-colours.js';

/** Colours of this distance from the fit count half: highlights, stray hair, cast shadows. */
const cauchy = 0.15;
/** So much evidence at a pair of vertices counts as much as the model's own guess. */
const evidence = 0.25;
/** Darker shades than this are not divided by. */
const leastShade = 0.3;

/** Light and albedo of one photo from the vertices that are named. */
export function solveVertices(
  model: AlbedoModel, photo: VertexColours, vertices: readonly number[], options: ColourOptions, start?: Pick<Colours, 'albedo' | 'light'>,
): Colours {
  const samples: ColourSample[] = [];
  for (const vertex of vertices) {
    if (photo.seen[vertex]! < 64) continue;
    samples.push({
      colour: [0, 1, 2].map((channel) => photo.colours[vertex * 3 + channel]! / 255),
      bands: shBasis(unitNormal(photo, vertex)),
      vertex,
    });
  }
  return solveColours(model, samples, options, { start });
}

/**
 * [H*3]: colour over shade, the two sides weighted by how well each is seen and by how well the fit explains it; where neither is seen,
 * what the model expects of this person.
 */
export function removeLight(model: AlbedoModel, half: HalfFace, photo: VertexColours, { albedo, light }: Colours): Float32Array {
  const shade = shadeHost(Float64Array.from(photo.normals, (value) => value / 127), light as Float64Array);
  const sum = new Float32Array(half.vertices.length * 3);
  const weights = new Float32Array(half.vertices.length);
  const guess = expectedAlbedo(model, half, albedo);
  for (let vertex = 0; vertex < photo.seen.length; vertex++) {
    if (photo.seen[vertex] === 0) continue;
    const to = half.place[vertex]!;
    let error = 0;
    for (let channel = 0; channel < 3; channel++) {
      error += (photo.colours[vertex * 3 + channel]! / 255 - guess[to * 3 + channel]! * shade[vertex * 3 + channel]!) ** 2 / 3;
    }
    const weight = photo.seen[vertex]! / 255 / (1 + error / cauchy ** 2);
    weights[to]! += weight;
    for (let channel = 0; channel < 3; channel++) {
      const bare = photo.colours[vertex * 3 + channel]! / 255 / Math.max(shade[vertex * 3 + channel]!, leastShade);
      sum[to * 3 + channel]! += weight * Math.min(bare, 1);
    }
  }
  return sum.map((value, at) => {
    const weight = weights[Math.floor(at / 3)]!;
    return (value + evidence * guess[at]!) / (weight + evidence);
  });
}

/** Ā + B δ on the half. */
function expectedAlbedo({ meanAlbedo, albedoBasis, activeModes }: AlbedoModel, half: HalfFace, albedo: ArrayLike<number>): Float32Array {
  const guess = new Float32Array(half.vertices.length * 3);
  half.vertices.forEach((vertex, index) => {
    for (let channel = 0; channel < 3; channel++) {
      const row = vertex * 3 + channel;
      let value = meanAlbedo[row]!;
      for (let mode = 0; mode < activeModes.albedo; mode++) value += albedoBasis[row * albedoCount + mode]! * albedo[mode]!;
      guess[index * 3 + channel] = Math.min(Math.max(value, 0.01), 1);
    }
  });
  return guess;
}

function unitNormal(photo: VertexColours, vertex: number): number[] {
  const normal = [0, 1, 2].map((axis) => photo.normals[vertex * 3 + axis]!);
  const length = Math.hypot(...normal);
  return normal.map((value) => value / length);
}
