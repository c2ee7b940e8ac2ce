/** An albedo basis from photos: fit, remove the light, principal modes; in rounds. */
import { randomFor } from '../../../../framework/index.js';
import { albedoCount } from '../coefficients.js';
import type { FaceModel } from '../face-model.js';
import type { AlbedoModel, Colours, ColourOptions } from '../fit/fit-colour.js';
import { halfFace, spreadVertices, vertexAreas, type HalfFace } from './half-face.js';
import { leadingModes } from './leading-modes.js';
import { removeLight, solveVertices } from './remove-light.js';
import { toneAxis } from './tone-axis.js';
import type { VertexColours } from './vertex-colours.js';

export interface LearnOptions extends ColourOptions {
  readonly rounds: number;
  /** Vertices that a photo's light and albedo are solved from. */
  readonly vertices: number;
  /** Photos that are explained worst and left out of the modes, as a share. */
  readonly refusedShare: number;
}

export interface LearnedAlbedo extends AlbedoModel {
  /** Root mean square of the colours' error over all photos, after each round's fit. */
  readonly errors: readonly number[];
  /** Share of the variance of skin that the tone axis holds. */
  readonly toneShare: number;
}

/**
 * Each round solves every photo's light and albedo together in the basis that stands (`solveColours`), divides the photo by its shade,
 * averages the two sides, and takes a new mean, a tone axis apart and the principal modes of the rest. The basis is symmetric, so that
 * light from one side cannot hide in it.
 *
 * @returns a mean [V*3] and a basis [V*3, 80]; mode 0 is the tone
 */
export function learnAlbedo(face: FaceModel, photos: readonly VertexColours[], options: LearnOptions, log: (line: string) => void): LearnedAlbedo {
  const half = halfFace(face);
  const vertices = spreadVertices(vertexAreas(face), options.vertices);
  let lights: (Float64Array | undefined)[] = photos.map(() => undefined);
  let learned: LearnedAlbedo = { ...symmetricAlbedo(face, half), errors: [], toneShare: 0 };
  for (let round = 1; round <= options.rounds; round++) {
    const fits = photos.map((photo, index) => {
      const light = lights[index];
      return solveVertices(learned, photo, vertices, options, light && { albedo: new Float64Array(albedoCount), light });
    });
    lights = fits.map(({ light }) => light);
    const kept = keepBest(fits, options.refusedShare);
    const bare = kept.map((index) => removeLight(learned, half, photos[index]!, fits[index]!));
    const error = rootMeanSquare(fits.map((fit) => fit.error));
    learned = { ...modesOf(bare, half, face.mirror.length), errors: [...learned.errors, error] };
    log(`round ${round}: ${kept.length} of ${photos.length} photos, error of colours ${error.toFixed(4)}, tone ${(100 * learned.toneShare).toFixed(1)} %`);
  }
  return learned;
}

/** The indices of all but the worst explained. */
function keepBest(fits: readonly Colours[], refusedShare: number): number[] {
  const limit = fits.map(({ error }) => error).sort((a, b) => a - b)[Math.ceil((1 - refusedShare) * (fits.length - 1))]!;
  return fits.flatMap(({ error, pixels }, index) => (error <= limit && pixels > 0 ? [index] : []));
}

/** Mean, tone and modes of the rest, with columns weighted by area so that the dense mesh around eyes and mouth does not rule. */
function modesOf(bare: readonly Float32Array[], half: HalfFace, vertexCount: number): Omit<LearnedAlbedo, 'errors'> {
  const scales = Float64Array.from({ length: half.vertices.length * 3 }, (_, at) => Math.sqrt(half.area[Math.floor(at / 3)]! * half.vertices.length));
  const mean = new Float64Array(scales.length);
  for (const sample of bare) for (let at = 0; at < mean.length; at++) mean[at]! += sample[at]! / bare.length;
  const tone = toneAxis(bare, mean, half);
  const rest = bare.map((sample, index) => sample.map((value, at) => (value - mean[at]! - tone.scores[index]! * tone.mode[at]!) * scales[at]!));
  const { modes } = leadingModes(rest, albedoCount - 1, randomFor('coarse-3dmm', 'learn-albedo'));
  const columns = [tone.mode, ...modes.map((mode) => mode.map((value, at) => value / scales[at]!))];
  const albedoBasis = new Float32Array(vertexCount * 3 * albedoCount);
  const meanAlbedo = new Float32Array(vertexCount * 3);
  for (let row = 0; row < meanAlbedo.length; row++) {
    const from = half.place[Math.floor(row / 3)]! * 3 + (row % 3);
    meanAlbedo[row] = mean[from]!;
    columns.forEach((mode, column) => (albedoBasis[row * albedoCount + column] = mode[from]!));
  }
  return { meanAlbedo, albedoBasis, activeModes: { identity: 0, expression: 0, albedo: albedoCount }, toneShare: tone.share };
}

/** The model's albedo with both sides alike; antisymmetric modes vanish. */
function symmetricAlbedo(face: FaceModel, half: HalfFace): AlbedoModel {
  const average = (field: Float32Array, width: number): Float32Array => field.map((value, at) => {
    const vertex = Math.floor(at / (3 * width));
    return (value + field[face.mirror[vertex]! * 3 * width + (at % (3 * width))]!) / 2;
  });
  if (half.vertices.length === face.mirror.length) throw new RangeError('this face model has no mirror pairs');
  return { meanAlbedo: average(face.meanAlbedo, 1), albedoBasis: average(face.albedoBasis, albedoCount), activeModes: face.activeModes };
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
