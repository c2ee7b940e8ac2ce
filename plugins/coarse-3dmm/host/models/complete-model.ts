/** Turns the numbers of a file into the one interface of face models: place, padding, and what the file does not say. */
import { albedoCount, expressionCount, identityCount } from '../coefficients.js';
import { fivePoints, standardPoints, symmetricFive, type DenseLandmarks, type FaceModel } from '../face-model.js';
import { applySimilarity, fitSimilarity, type Similarity } from '../makehuman/similarity.js';
import { digestOf } from '../model-file.js';
import { findLandmarks } from './find-landmarks.js';
import { PointGrid } from './point-grid.js';
import type { RawBasis, RawModel } from './raw-model.js';
import { Surface, type SurfacePlace } from './surface.js';
import { thinPlateWarp } from './thin-plate.js';

/** How much less a dense landmark that was carried over is to be trusted than one that was measured. */
const carriedTrust = 0.7;
/** Up to the first distance from the carried face, dm, a vertex takes its colours; from the second on those of plain skin. */
const near = 0.1;
const far = 0.35;

/**
 * Coefficients beyond the modes of the file are left zero, modes beyond the coefficients are dropped. Dense landmarks, and where the
 * file has none the skin mask and the albedo with its modes, are carried over from `builtIn`: its mean face is warped onto the
 * file's through the 68 landmarks, and each place takes what lies nearest.
 *
 * @param builtIn the model built from MakeHuman
 */
export function completeModel(raw: RawModel, builtIn: FaceModel): FaceModel {
  const landmarks = raw.landmarks ?? findLandmarks(raw, builtIn);
  const placed = placement(raw, landmarks);
  const meanShape = applySimilarity(placed, raw.meanShape);
  const direction = { ...placed, translation: [0, 0, 0] as const };
  const shapeBasis = (basis: RawBasis, count: number): Float32Array =>
    interleave(basis, count, meanShape.length, (mode) => applySimilarity(direction, mode));
  const warped = thinPlateWarp(at(builtIn.meanShape, builtIn.landmarks), at(meanShape, landmarks))(builtIn.meanShape);
  const places = raw.albedo && raw.skinMask ? undefined : nearestPlaces(meanShape, new Surface(warped, builtIn.triangles));
  const albedo = raw.albedo ?? carriedAlbedo(builtIn, places!);
  const model = {
    name: raw.name,
    vertexCount: meanShape.length / 3,
    triangles: raw.triangles,
    meanShape: Float32Array.from(meanShape),
    identityBasis: shapeBasis(raw.identity, identityCount),
    expressionBasis: shapeBasis(raw.expression, expressionCount),
    meanAlbedo: Float32Array.from(albedo.mean),
    albedoBasis: interleave(albedo.basis, albedoCount, meanShape.length, (mode) => mode),
    landmarks,
    mirror: mirrorOf(meanShape),
    skinMask: raw.skinMask ?? Uint8Array.from(places!, (place) => (place.distance < near && carried(builtIn.skinMask, 1, 0, place) > 0.99 ? 1 : 0)),
    denseLandmarks: carriedLandmarks(builtIn, warped, new Surface(meanShape, raw.triangles)),
    activeModes: {
      identity: Math.min(raw.identity.count, identityCount), expression: Math.min(raw.expression.count, expressionCount),
      albedo: Math.min(albedo.basis.count, albedoCount),
    },
  };
  return { ...model, digest: digestOf(model) };
}

function placement(raw: RawModel, landmarks: Int32Array): Similarity {
  if (raw.place === 'five points') return fitSimilarity(fivePoints(at(raw.meanShape, landmarks), 3).flat(), symmetricFive(standardPoints).flat());
  const mean = [0, 0, 0];
  raw.meanShape.forEach((value, index) => (mean[index % 3]! += value / (raw.meanShape.length / 3)));
  return { scale: 1, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [-mean[0]!, -mean[1]!, -mean[2]!] };
}

/** Modes as columns of a row-major [rows, count] matrix, with zero columns where there are too few. */
function interleave(basis: RawBasis, count: number, rows: number, move: (mode: ArrayLike<number>) => ArrayLike<number>): Float32Array {
  const matrix = new Float32Array(rows * count);
  for (let column = 0; column < Math.min(count, basis.count); column++) {
    const mode = move(basis.mode(column));
    for (let row = 0; row < rows; row++) matrix[row * count + column] = mode[row]!;
  }
  return matrix;
}

function nearestPlaces(positions: Float64Array, surface: Surface): SurfacePlace[] {
  return Array.from({ length: positions.length / 3 }, (_, vertex) => surface.nearest(pointOf(positions, vertex)));
}

/** Colours of the built model where it lies near; elsewhere the mean of its plain skin, so that tone reaches ears and neck. */
function carriedAlbedo(builtIn: FaceModel, places: readonly SurfacePlace[]): { readonly mean: Float64Array; readonly basis: RawBasis } {
  const carry = (field: Float32Array, stride: number, column: number): Float64Array => {
    const plain = [0, 1, 2].map((channel) => skinMean(builtIn, field, stride, channel * stride + column));
    const colours = new Float64Array(places.length * 3);
    places.forEach((place, vertex) => {
      const share = Math.min(Math.max((far - place.distance) / (far - near), 0), 1);
      for (let channel = 0; channel < 3; channel++) {
        colours[vertex * 3 + channel] = share * carried(field, 3 * stride, channel * stride + column, place) + (1 - share) * plain[channel]!;
      }
    });
    return colours;
  };
  return {
    mean: carry(builtIn.meanAlbedo, 1, 0),
    basis: { count: builtIn.activeModes.albedo, mode: (mode) => carry(builtIn.albedoBasis, albedoCount, mode) },
  };
}

function skinMean(model: FaceModel, field: Float32Array, stride: number, offset: number): number {
  let sum = 0;
  let count = 0;
  model.skinMask.forEach((skin, vertex) => {
    if (skin === 0) return;
    sum += field[vertex * 3 * stride + offset]!;
    count++;
  });
  return sum / Math.max(count, 1);
}

/** A field of `width` numbers a vertex at a place on the mesh it belongs to. */
function carried(field: ArrayLike<number>, width: number, offset: number, { vertices, weights }: SurfacePlace): number {
  return vertices.reduce((sum, vertex, corner) => sum + weights[corner]! * field[vertex * width + offset]!, 0);
}

function carriedLandmarks(builtIn: FaceModel, warped: Float64Array, surface: Surface): DenseLandmarks {
  const { vertices, weights, trust } = builtIn.denseLandmarks;
  const places = Array.from(trust, (_, point) => {
    const place: SurfacePlace = {
      vertices: [...vertices.subarray(point * 3, point * 3 + 3)] as unknown as [number, number, number],
      weights: [...weights.subarray(point * 3, point * 3 + 3)] as unknown as [number, number, number], distance: 0,
    };
    return surface.nearest([0, 1, 2].map((axis) => carried(warped, 3, axis, place)) as [number, number, number]);
  });
  return {
    vertices: Int32Array.from(places.flatMap((place) => place.vertices)),
    weights: Float32Array.from(places.flatMap((place) => place.weights)),
    trust: trust.map((value) => carriedTrust * value),
  };
}

/** The vertex nearest to each mirror image: a mesh of a file need not be symmetric. */
function mirrorOf(positions: Float64Array): Int32Array {
  const grid = new PointGrid(positions);
  return Int32Array.from({ length: positions.length / 3 }, (_, vertex) => {
    const [x, y, z] = pointOf(positions, vertex);
    return grid.nearest(-x, y, z);
  });
}

function pointOf(positions: ArrayLike<number>, vertex: number): [number, number, number] {
  return [positions[vertex * 3]!, positions[vertex * 3 + 1]!, positions[vertex * 3 + 2]!];
}

function at(positions: ArrayLike<number>, vertices: Int32Array): Float64Array {
  return Float64Array.from({ length: vertices.length * 3 }, (_, index) => positions[vertices[Math.floor(index / 3)]! * 3 + (index % 3)]!);
}
