/** Finds the 68 landmarks of a face whose file names none, by laying the built model's face onto it. */
import { Matrix, solve } from 'ml-matrix';
import { vertexNormalsHost } from '../../../rasterizer/index.js';
import { identityCount } from '../coefficients.js';
import type { FaceModel } from '../face-model.js';
import { PointGrid } from './point-grid.js';
import type { RawModel } from './raw-model.js';

const rigidRounds = 12;
const rounds = 30;
/** Landmark at the tip of the nose. */
const noseTip = 30;
/** The share of the nearest pairs that a round trusts. */
const trusted = 0.75;
/** Expected distance of the surfaces, dm, against the prior of N(0, 1) on the coefficients. */
const noise = 0.05;
/** Turn (3), growth (1) and shift (3) come before the coefficients. */
const rigid = 7;

/**
 * Iterated closest points with distances to tangent planes (Chen and Medioni, 1992), from the tip of the nose, the foremost vertex
 * of both: each round solves
 *
 *     Σ (n · (x + ω × x + g x + t + B dα − y))² / noise² + ‖α + dα‖² → min,
 *
 * at first for the similarity alone, then with the identity of the built model. Each landmark takes the nearest vertex.
 */
export function findLandmarks(raw: RawModel, builtIn: FaceModel): Int32Array {
  const target = new PointGrid(raw.meanShape);
  const normals = vertexNormalsHost(raw.meanShape, raw.triangles);
  const vertices = aboutTheNose(builtIn);
  const fit = start(raw.meanShape, builtIn);
  for (let round = 0; round < rounds; round++) {
    const pairs = vertices.map((vertex) => {
      const partner = target.nearest(...pointOf(fit.shape, vertex));
      return { vertex, partner, distance: Math.hypot(...[0, 1, 2].map((axis) => fit.shape[vertex * 3 + axis]! - raw.meanShape[partner * 3 + axis]!)) };
    }).sort((a, b) => a.distance - b.distance).slice(0, Math.ceil(trusted * vertices.length));
    const modes = round < rigidRounds ? 0 : Math.min(builtIn.activeModes.identity, identityCount);
    step(fit, solveRound(fit, pairs, { points: raw.meanShape, normals }, modes), modes);
  }
  return builtIn.landmarks.map((vertex) => target.nearest(...pointOf(fit.shape, vertex)));
}

interface Fit {
  /** [V*3] the built face where it lies now, and its identity basis [V*3, 80] turned and grown alike. */
  readonly shape: Float64Array;
  readonly basis: Float64Array;
  readonly coefficients: Float64Array;
}

function start(target: Float64Array, builtIn: FaceModel): Fit {
  let foremost = 0;
  for (let vertex = 0; vertex < target.length / 3; vertex++) if (target[vertex * 3 + 2]! > target[foremost * 3 + 2]!) foremost = vertex;
  const tip = builtIn.landmarks[noseTip]!;
  return {
    shape: Float64Array.from(builtIn.meanShape, (value, at) => value + target[foremost * 3 + (at % 3)]! - builtIn.meanShape[tip * 3 + (at % 3)]!),
    basis: Float64Array.from(builtIn.identityBasis),
    coefficients: new Float64Array(identityCount),
  };
}

/** The skin about the tip of the nose, thinned out: the whole of it would pull towards other crops' rims. */
function aboutTheNose(builtIn: FaceModel): number[] {
  const [x, y, z] = pointOf(builtIn.meanShape, builtIn.landmarks[noseTip]!);
  const every = Math.max(1, Math.round(builtIn.vertexCount / 1500));
  return Array.from({ length: Math.floor(builtIn.vertexCount / every) }, (_, index) => index * every).filter((vertex) => {
    const [px, py, pz] = pointOf(builtIn.meanShape, vertex);
    return Math.hypot(px - x, py - y, pz - z) < 0.85;
  });
}

interface Pair {
  readonly vertex: number;
  readonly partner: number;
}

function solveRound(
  fit: Fit, pairs: readonly Pair[], target: { readonly points: Float64Array; readonly normals: Float64Array }, modes: number,
): number[] {
  const width = rigid + modes;
  const system = Array.from({ length: width }, () => new Float64Array(width));
  const right = new Float64Array(width);
  for (const { vertex, partner } of pairs) {
    const [x, y, z] = pointOf(fit.shape, vertex);
    const [nx, ny, nz] = pointOf(target.normals, partner);
    const row = [y * nz - z * ny, z * nx - x * nz, x * ny - y * nx, x * nx + y * ny + z * nz, nx, ny, nz];
    for (let mode = 0; mode < modes; mode++) {
      const [bx, by, bz] = [0, 1, 2].map((axis) => fit.basis[(vertex * 3 + axis) * identityCount + mode]!) as [number, number, number];
      row.push(bx * nx + by * ny + bz * nz);
    }
    const gap = [nx, ny, nz].reduce((sum, value, axis) => sum + value * (target.points[partner * 3 + axis]! - fit.shape[vertex * 3 + axis]!), 0);
    for (let i = 0; i < width; i++) {
      const weighted = row[i]! / noise ** 2;
      const line = system[i]!;
      right[i]! += weighted * gap;
      for (let j = 0; j <= i; j++) line[j]! += weighted * row[j]!;
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) system[j]![i] = system[i]![j]!;
    system[i]![i]! += 1;
    if (i >= rigid) right[i]! -= fit.coefficients[i - rigid]!;
  }
  return solve(new Matrix(system), Matrix.columnVector(right)).to1DArray();
}

/** Moves the shape by the solution, and turns and grows its basis with it. */
function step(fit: Fit, solution: readonly number[], modes: number): void {
  const [wx, wy, wz, grow, ...rest] = solution as [number, number, number, number, ...number[]];
  const shift = rest.slice(0, 3);
  for (let mode = 0; mode < modes; mode++) fit.coefficients[mode]! += solution[rigid + mode]!;
  for (let at = 0; at < fit.shape.length; at++) {
    for (let mode = 0; mode < modes; mode++) fit.shape[at]! += fit.basis[at * identityCount + mode]! * solution[rigid + mode]!;
  }
  const turn = (field: Float64Array, stride: number, offset: number): void => {
    for (let at = 0; at < fit.shape.length; at += 3) {
      const [x, y, z] = [0, 1, 2].map((axis) => field[(at + axis) * stride + offset]!) as [number, number, number];
      [x + grow * x + wy * z - wz * y, y + grow * y + wz * x - wx * z, z + grow * z + wx * y - wy * x].forEach((value, axis) => {
        field[(at + axis) * stride + offset] = value;
      });
    }
  };
  turn(fit.shape, 1, 0);
  for (let mode = 0; mode < identityCount; mode++) turn(fit.basis, identityCount, mode);
  for (let at = 0; at < fit.shape.length; at++) fit.shape[at]! += shift[at % 3]!;
}

function pointOf(points: ArrayLike<number>, vertex: number): [number, number, number] {
  return [points[vertex * 3]!, points[vertex * 3 + 1]!, points[vertex * 3 + 2]!];
}
