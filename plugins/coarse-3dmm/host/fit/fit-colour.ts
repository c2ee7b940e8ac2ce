/** Albedo and light from the pixels of visible skin, together. */
import { ambientStart, interpolateHost, rasterizeHost, shBasis, vertexNormalsHost } from '../../../rasterizer/index.js';
import { albedoCount } from '../coefficients.js';
import type { FaceModel } from '../face-model.js';
import { NormalEquations } from './least-squares.js';

export interface ColourOptions {
  /** Standard deviation of a colour, in 0..1. */
  readonly colourNoise: number;
  readonly lightRounds: number;
}

export interface Colours {
  /** [80] */
  readonly albedo: Float64Array;
  /** [27] channel-major, without the 0.8 that the renderer adds to band 0. */
  readonly light: Float64Array;
  /** Pixels that were used. */
  readonly pixels: number;
  /** Root mean square of the colours' error at the last linearisation. */
  readonly error: number;
}

/** Pixels used at most, and how many independent observations they are worth: neighbours err alike. */
const mostPixels = 600;
const worth = 450;

/**
 * What is known of light before looking: the mean shade over the visible face, its tint, and each band about that. The prior on
 * the mean shade keeps dark skin from being explained as dark light (the alternating fit's failure).
 */
const shadeLevel = { mean: 0.95, deviation: 0.07 };
const tintDeviation = 0.1;
const bandDeviations = [0.6, 0.25, 0.25, 0.25, 0.1, 0.1, 0.1, 0.1, 0.1];
const bandTintDeviation = 0.1;

/** With fewer samples the colours stay where they are. */
const fewestSamples = 30;

/** The albedo of what is hidden, about that of what is seen. */
const hiddenDeviation = 0.1;

/** Nearer to a covered eye than this share of the side, a pixel may show the rim of glasses or their shadow. */
const border = 0.02;

/** The landmarks of the eyes; what lies this near to one of them, dm, belongs to it. */
const [firstEye, lastEye] = [36, 47];
const eyeReach = 0.2;

/** With less of the eyes covered than this, as behind a strand of hair, the modes are left alone. */
const coveredShare = 0.35;

/** Residuals of this size count half (Cauchy's weights): highlights, hair, glasses. */
const cauchy = 0.2;

/** A place of the face in the photo: its colour, the light's bands at its normal, and its vertex. */
export interface ColourSample {
  readonly colour: readonly number[];
  readonly bands: Float64Array;
  readonly vertex: number;
}

/** The part of a face model that colours need. */
export type AlbedoModel = Pick<FaceModel, 'meanAlbedo' | 'albedoBasis' | 'activeModes'>;

/**
 * Albedo and light of a photo from evenly spread pixels of visible skin.
 *
 * @param vertices [V*3] posed, dm
 * @param image [S*S*3] in 0..1
 * @param mask [S*S] 1 on visible skin
 */
export function fitColours(
  face: FaceModel, vertices: Float64Array, image: ArrayLike<number>, mask: ArrayLike<number>, size: number, options: ColourOptions,
): Colours {
  const { samples, hidden } = collectSamples(face, vertices, image, mask, size);
  return solveColours(face, samples, options, { hidden });
}

export interface ColourKnowledge {
  /** Where to begin: by default the mean albedo under even light. */
  readonly start?: Pick<Colours, 'albedo' | 'light'>;
  /** Vertices around the eyes that face the camera behind something else, as densely as the samples. */
  readonly hidden?: readonly number[];
}

/**
 * Gauss-Newton on I = (Ā + B δ) ∘ Y (γ + γ₀) over albedo δ and light γ at once, with δ ~ N(0, 1) and the priors above. A hidden vertex v
 * differs from the mean face as the seen skin does on average, B_v δ ≈ ⟨B⟩ δ within 0.1: otherwise modes that explain a shadow on a cheek
 * blacken the eyes behind a lens.
 */
export function solveColours(
  face: AlbedoModel, samples: readonly ColourSample[], options: ColourOptions, { start, hidden = [] }: ColourKnowledge = {},
): Colours {
  const modes = face.activeModes.albedo;
  let albedo = start ? Float64Array.from(start.albedo) : new Float64Array(albedoCount);
  let light = start ? Float64Array.from(start.light) : new Float64Array(27);
  if (samples.length < fewestSamples) return { albedo, light, pixels: samples.length, error: 0 };
  const means = meanBands(samples);
  if (!start) for (let channel = 0; channel < 3; channel++) light[channel * 9] = shadeLevel.mean / means[0]! - ambientStart;
  let error = 0;
  for (let round = 0; round < options.lightRounds; round++) {
    const equations = new NormalEquations(modes + 27);
    error = addPixels(equations, face, samples, albedo, light, modes, options.colourNoise);
    for (let mode = 0; mode < modes; mode++) equations.addPrior(mode, 0, 1);
    addLightPriors(equations, modes, means);
    addHidden(equations, face, samples, hidden, modes);
    const solution = equations.solve();
    albedo = albedo.map((_, mode) => (mode < modes ? solution[mode]! : 0));
    light = light.map((_, band) => solution[modes + band]!);
  }
  return { albedo, light, pixels: samples.length, error };
}

/** Linearised at the current estimate, whose root mean square error is returned: I + a s = s (Ā + B δ) + a Y (γ + γ₀), for a = Ā + B δ and s = Y (γ + γ₀) as they stand. */
function addPixels(
  equations: NormalEquations, face: AlbedoModel, samples: readonly ColourSample[], albedo: Float64Array, light: Float64Array, modes: number, noise: number,
): number {
  let squares = 0;
  const weight = (worth / samples.length) / (noise * noise);
  const row = new Float64Array(modes + 27);
  for (const { colour, bands, vertex } of samples) {
    for (let channel = 0; channel < 3; channel++) {
      const at = vertex * 3 + channel;
      const mean = face.meanAlbedo[at]!;
      let tone = mean;
      let shade = ambientStart * bands[0]!;
      for (let band = 0; band < 9; band++) shade += bands[band]! * light[channel * 9 + band]!;
      for (let mode = 0; mode < modes; mode++) tone += face.albedoBasis[at * albedoCount + mode]! * albedo[mode]!;
      row.fill(0);
      for (let mode = 0; mode < modes; mode++) row[mode] = shade * face.albedoBasis[at * albedoCount + mode]!;
      for (let band = 0; band < 9; band++) row[modes + channel * 9 + band] = tone * bands[band]!;
      const error = colour[channel]! - tone * shade;
      const known = shade * mean + tone * ambientStart * bands[0]!;
      equations.add(row, colour[channel]! + tone * shade - known, weight / (1 + (error / cauchy) ** 2));
      squares += error * error;
    }
  }
  return Math.sqrt(squares / (3 * samples.length));
}

function addHidden(equations: NormalEquations, face: AlbedoModel, samples: readonly ColourSample[], hidden: readonly number[], modes: number): void {
  if (hidden.length === 0) return;
  const weight = worth / samples.length / hiddenDeviation ** 2;
  const row = new Float64Array(equations.size);
  for (let channel = 0; channel < 3; channel++) {
    const mean = new Float64Array(modes);
    for (const { vertex } of samples) {
      for (let mode = 0; mode < modes; mode++) mean[mode]! += face.albedoBasis[(vertex * 3 + channel) * albedoCount + mode]! / samples.length;
    }
    for (const vertex of hidden) {
      for (let mode = 0; mode < modes; mode++) row[mode] = face.albedoBasis[(vertex * 3 + channel) * albedoCount + mode]! - mean[mode]!;
      equations.add(row, 0, weight);
    }
  }
}

function addLightPriors(equations: NormalEquations, first: number, means: Float64Array): void {
  const row = new Float64Array(equations.size);
  const start = ambientStart * means[0]!;
  for (let channel = 0; channel < 3; channel++) for (let band = 0; band < 9; band++) row[first + channel * 9 + band] = means[band]! / 3;
  equations.add(row, shadeLevel.mean - start, 1 / shadeLevel.deviation ** 2);
  for (let channel = 0; channel < 3; channel++) {
    for (let other = 0; other < 3; other++) {
      const share = (other === channel ? 1 : 0) - 1 / 3;
      for (let band = 0; band < 9; band++) row[first + other * 9 + band] = share * means[band]!;
    }
    equations.add(row, 0, 1 / tintDeviation ** 2);
    for (let band = 0; band < 9; band++) {
      equations.addPrior(first + channel * 9 + band, 0, bandDeviations[band]! * Math.sqrt(3));
      row.fill(0);
      for (let other = 0; other < 3; other++) row[first + other * 9 + band] = (other === channel ? 1 : 0) - 1 / 3;
      equations.add(row, 0, 1 / bandTintDeviation ** 2);
    }
    row.fill(0);
  }
}

/**
 * Pixels that show the face, and vertices around the eyes where it is hidden, both evenly spread and equally dense. Only eyes are looked after: they
 * are darker than skin, so that modes which blacken them are cheap; elsewhere the modes guess better than a mean does.
 */
function collectSamples(
  face: FaceModel, vertices: Float64Array, image: ArrayLike<number>, mask: ArrayLike<number>, size: number,
): { readonly samples: readonly ColourSample[]; readonly hidden: readonly number[] } {
  const raster = rasterizeHost(vertices, face.triangles, size);
  const normals = interpolateHost(vertexNormalsHost(vertices, face.triangles), 3, face.triangles, raster);
  const vertexAt = (pixel: number): number => nearestVertex(face.triangles, raster.ids[pixel]!, raster.barycentrics.subarray(pixel * 3, pixel * 3 + 3));
  const eyes = aroundEyes(face);
  const [shown, behind]: [number[], number[]] = [[], []];
  let around = 0;
  for (let pixel = 0; pixel < size * size; pixel++) {
    if (raster.ids[pixel]! < 0 || normals[pixel * 3 + 2]! <= 0.15) continue;
    const atEye = eyes[vertexAt(pixel)] === 1;
    if (atEye) around++;
    if (mask[pixel]! > 0.5) shown.push(pixel);
    else if (atEye) behind.push(pixel);
  }
  const covered = behind.length > coveredShare * around ? behind : [];
  const beside = nearby(covered, size, border * size);
  const usable = shown.filter((pixel) => !beside[pixel]);
  const stride = Math.max(1, usable.length / mostPixels);
  const spread = (pixels: readonly number[]): number[] =>
    Array.from({ length: Math.floor(pixels.length / stride) }, (_, index) => pixels[Math.floor(index * stride)]!);
  const samples = spread(usable).map((pixel) => {
    const normal = normals.subarray(pixel * 3, pixel * 3 + 3);
    const length = Math.hypot(normal[0]!, normal[1]!, normal[2]!);
    return {
      colour: [0, 1, 2].map((channel) => image[pixel * 3 + channel]!),
      bands: shBasis(normal.map((value) => value / length)),
      vertex: vertexAt(pixel),
    };
  });
  return { samples, hidden: spread(covered).map(vertexAt) };
}

const known = new WeakMap<FaceModel, Uint8Array>();

/** [V] 1 near the eyes; the same for every photo. */
function aroundEyes(face: FaceModel): Uint8Array {
  const before = known.get(face);
  if (before) return before;
  const { meanShape, landmarks, vertexCount } = face;
  const eyes = Uint8Array.from({ length: vertexCount }, (_, vertex) => {
    const distance = (landmark: number): number => Math.hypot(...[0, 1, 2].map((axis) => meanShape[vertex * 3 + axis]! - meanShape[landmark * 3 + axis]!));
    return landmarks.subarray(firstEye, lastEye + 1).some((landmark) => distance(landmark) < eyeReach) ? 1 : 0;
  });
  known.set(face, eyes);
  return eyes;
}

/** [S*S] 1 within `radius` of one of the pixels. */
function nearby(pixels: readonly number[], size: number, radius: number): Uint8Array {
  const near = new Uint8Array(size * size);
  const reach = Math.floor(radius);
  for (const pixel of pixels) {
    const [row, column] = [Math.floor(pixel / size), pixel % size];
    for (let y = Math.max(0, row - reach); y <= Math.min(size - 1, row + reach); y++) {
      const across = Math.floor(Math.sqrt(radius * radius - (y - row) ** 2));
      near.fill(1, y * size + Math.max(0, column - across), y * size + Math.min(size - 1, column + across) + 1);
    }
  }
  return near;
}

function nearestVertex(triangles: Int32Array, triangle: number, weights: Float64Array): number {
  const corner = weights[0]! >= weights[1]! && weights[0]! >= weights[2]! ? 0 : weights[1]! >= weights[2]! ? 1 : 2;
  return triangles[triangle * 3 + corner]!;
}

function meanBands(samples: readonly ColourSample[]): Float64Array {
  const means = new Float64Array(9);
  for (const { bands } of samples) for (let band = 0; band < 9; band++) means[band]! += bands[band]! / samples.length;
  return means;
}
