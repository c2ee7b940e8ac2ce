/** Builds the default face model from MakeHuman's data, at one of several resolutions. */
import { readFileSync } from 'node:fs';
import { albedoCount, expressionCount, identityCount } from '../coefficients.js';
import { fivePoints, standardPoints, symmetricFive, type DenseLandmarks, type FaceModel } from '../face-model.js';
import { digestOf } from '../model-file.js';
import { makeAlbedoModes, type AlbedoModes } from './albedo-modes.js';
import { makeControlMesh, type ControlMesh } from './control-mesh.js';
import { makeLevelMesh } from './level-mesh.js';
import type { Level } from './levels.js';
import { readBaseMesh } from './makehuman-files.js';
import { mirrorPairs } from './mirror-pairs.js';
import type { Modes } from './principal-modes.js';
import { makeShapeModes, type ShapeModes } from './shape-modes.js';
import { applySimilarity, fitSimilarity, type Similarity } from './similarity.js';
import { makeSkinLayers, skinFields, type SkinFields } from './skin-layers.js';
import { applyRows, subdivide, type Subdivision } from './subdivision.js';
import { locateOnLevel, type Barycentric, type SurfacePoint } from './surface-points.js';

interface LandmarkFile {
  readonly facemesh: readonly SurfacePoint[];
  readonly landmarks68: readonly number[];
}

/** Trust of a facemesh point on the outline of the face, where hair and pose hide more of it than inside. */
const outlineTrust = 0.7;
const outline = new Set([
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58,
  132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
]);

/** How many random people, expressions and paintings the modes are taken from. */
export interface SampleCounts {
  readonly people: number;
  readonly expressions: number;
  readonly paintings: number;
}

const fullCounts: SampleCounts = { people: 280, expressions: 220, paintings: 240 };

/** The model at a level. It is a pure function of the level, the counts and the data files. */
export async function buildModel(level: Level, log: (line: string) => void, counts = fullCounts): Promise<FaceModel> {
  const base = readBaseMesh();
  const control = makeControlMesh(base);
  const first = subdivide(control);
  log('face model: shapes of random people and expressions');
  const shapes = makeShapeModes(base, control, counts);
  log('face model: random skins');
  const layers = await makeSkinLayers(base, control, first);
  const albedo = makeAlbedoModes(layers, mirrorPairs(applyRows(first.smooth, shapes.mean, 3)), counts.paintings);
  const told = ({ modes, held }: Modes): string => `${modes.length} (${(100 * held).toFixed(1)} %)`;
  log(`face model: modes that carry variance, and how much of it: identity ${told(shapes.identity)}, expression ${told(shapes.expression)}, albedo ${told(albedo.modes)}`);
  log(`face model: resolution ${level}`);
  return assemble(level, control, first, shapes, albedo, skinFields(layers));
}

function assemble(
  level: Level, control: ControlMesh, first: Subdivision, shapes: ShapeModes, albedo: AlbedoModes, fields: SkinFields,
): FaceModel {
  const { facemesh, landmarks68 } = JSON.parse(readFileSync(new URL('../../data/landmarks.json', import.meta.url), 'utf8')) as LandmarkFile;
  const mesh = makeLevelMesh(level, control, first);
  const placed = placement(control, first, shapes, facemesh, landmarks68);
  const meanShape = applySimilarity(placed, mesh.fromControl(shapes.mean));
  const dense = facemesh.map((point) => mesh.locate(point));
  const direction = { ...placed, translation: [0, 0, 0] as const };
  const shapeBasis = (modes: Modes, count: number): Float32Array =>
    interleave(modes.modes.map((mode) => applySimilarity(direction, mesh.fromControl(mode))), count, meanShape.length);
  const model = {
    name: `makehuman-${level}`,
    vertexCount: mesh.vertexCount,
    triangles: mesh.triangles,
    meanShape: Float32Array.from(meanShape),
    identityBasis: shapeBasis(shapes.identity, identityCount),
    expressionBasis: shapeBasis(shapes.expression, expressionCount),
    meanAlbedo: Float32Array.from(mesh.fromFirst(albedo.mean, 3)),
    albedoBasis: interleave(albedo.modes.modes.map((mode) => mesh.fromFirst(mode, 3)), albedoCount, meanShape.length),
    landmarks: Int32Array.from(landmarks68, (point) => heaviest(dense[point]!)),
    mirror: mirrorPairs(meanShape),
    skinMask: Uint8Array.from(mesh.fromFirst(fields.skin, 1), (value) => (value > 0.99 ? 1 : 0)),
    uvs: Float32Array.from(mesh.fromFirst(fields.uvs, 2)),
    denseLandmarks: denseLandmarks(dense),
    activeModes: { identity: shapes.identity.modes.length, expression: shapes.expression.modes.length, albedo: albedo.modes.modes.length },
  };
  return { ...model, digest: digestOf(model) };
}

/** Moves the mean face so that its five points meet Deep3D's, made symmetric so that the face stays so. */
function placement(
  control: ControlMesh, first: Subdivision, shapes: ShapeModes, facemesh: readonly SurfacePoint[], landmarks68: readonly number[],
): Similarity {
  const mean = applyRows(first.smooth, shapes.mean, 3);
  const landmarks = landmarks68.flatMap((point) => {
    const { vertices, weights } = locateOnLevel(control, first.mesh, 1, facemesh[point]!);
    return [0, 1, 2].map((axis) => vertices.reduce((sum, vertex, corner) => sum + weights[corner]! * mean[vertex * 3 + axis]!, 0));
  });
  return fitSimilarity(symmetricFive(fivePoints(landmarks, 3)).flat(), symmetricFive(standardPoints).flat());
}

function denseLandmarks(places: readonly Barycentric[]): DenseLandmarks {
  return {
    vertices: Int32Array.from(places.flatMap((place) => place.vertices)),
    weights: Float32Array.from(places.flatMap((place) => place.weights)),
    trust: Float32Array.from(places, (_, point) => (outline.has(point) ? outlineTrust : 1)),
  };
}

function heaviest(place: Barycentric): number {
  return place.vertices[place.weights.indexOf(Math.max(...place.weights))]!;
}

/** Modes as columns of a row-major [rows, count] matrix, with zero columns where there are too few. */
function interleave(modes: readonly Float64Array[], count: number, rows: number): Float32Array {
  const basis = new Float32Array(rows * count);
  modes.forEach((mode, column) => {
    for (let row = 0; row < rows; row++) basis[row * count + column] = mode[row]!;
  });
  return basis;
}
