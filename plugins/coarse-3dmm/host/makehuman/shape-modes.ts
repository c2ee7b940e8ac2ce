/** Mean face, identity modes and expression modes on the control mesh. */
import { randomFor } from '../../../../framework/index.js';
import { controlPositions, neededPositions, type ControlMesh } from './control-mesh.js';
import { drawAmounts, expressionUnits } from './expression-units.js';
import { drawPerson, identityTargets, type TargetWeights } from './identity-samples.js';
import { readTargetNames, readTargets, type BaseMesh } from './makehuman-files.js';
import { mirrorPairs, mirrorVectors } from './mirror-pairs.js';
import { principalModes, type Modes } from './principal-modes.js';
import { applySimilarity, fitSimilarity } from './similarity.js';

export interface ShapeModes {
  /** [V*3] control positions of the mean person, in the base mesh's frame. */
  readonly mean: Float64Array;
  readonly identity: Modes;
  readonly expression: Modes;
  /** [V] mirror partners on the control mesh. */
  readonly mirror: Int32Array;
}

/** Draws random people and expressions and takes their principal components; deterministic. */
export function makeShapeModes(base: BaseMesh, mesh: ControlMesh, counts: { people: number; expressions: number }): ShapeModes {
  const neutral = neededPositions(base, mesh);
  const mirror = mirrorPairs(controlPositions(mesh, neutral));
  const neededMirror = mirrorPairs(neutral);

  const samples = drawPeople(mesh, neutral, counts.people);
  const meanNeeded = symmetricMean(samples, neededMirror);
  const shapes = samples.map((sample) => controlPositions(mesh, sample));
  const mean = symmetricMean(shapes, mirror);
  const mirrorOf = (field: Float64Array): Float64Array => mirrorVectors(field, mirror);
  const identity = principalModes(shapes.map((shape) => shape.map((value, at) => value - mean[at]!)), mirrorOf, 80);
  return { mean, identity, expression: makeExpressionModes(mesh, meanNeeded, mirrorOf, counts.expressions), mirror };
}

/** People in the base mesh's frame: each is moved, turned and scaled onto the base face, as those belong to the camera. */
function drawPeople(mesh: ControlMesh, neutral: Float64Array, people: number): Float64Array[] {
  const names = identityTargets(readTargetNames());
  const targets = new Map([...readTargets(names, mesh.needed)].map(([name, offsets]) => [name, sparse(offsets)]));
  return Array.from({ length: people }, (_, person) => {
    const shape = morph(neutral, targets, drawPerson(names, randomFor('makehuman', 'person', person)));
    const moved = fitSimilarity(shape.subarray(0, mesh.croppedCount * 3), neutral.subarray(0, mesh.croppedCount * 3));
    return applySimilarity(moved, shape);
  });
}

/** Deviations of gaze, radians. */
const gazeDeviation = { yaw: 0.12, pitch: 0.07 } as const;

/**
 * Random expressions: a few units at a time. The modes are about the neutral face, not about the mean expression, so that
 * zero coefficients mean a neutral face. Two modes of gaze, of both eyes together, stand apart from the principal ones.
 */
function makeExpressionModes(
  mesh: ControlMesh, meanNeeded: Float64Array, mirrorOf: (field: Float64Array) => Float64Array, faces: number,
): Modes {
  const units = expressionUnits(mesh.needed, meanNeeded);
  const rest = controlPositions(mesh, meanNeeded);
  const samples = Array.from({ length: faces }, (_, face) => {
    const random = randomFor('makehuman', 'expression', face);
    const shape = Float64Array.from(meanNeeded);
    for (const unit of units) {
      drawAmounts(unit, random).forEach((amount, side) => {
        if (amount > 0) for (let at = 0; at < shape.length; at++) shape[at]! += amount * unit[side]![at]!;
      });
    }
    return controlPositions(mesh, shape).map((value, at) => value - rest[at]!);
  });
  return withGaze(mesh, meanNeeded, principalModes(samples, mirrorOf, 62, 4e-3));
}

function withGaze(mesh: ControlMesh, meanNeeded: Float64Array, { modes, deviations, held }: Modes): Modes {
  const turned = (yaw: number, pitch: number): Float64Array => {
    const [ahead, back] = [controlPositions(mesh, meanNeeded, { yaw, pitch }), controlPositions(mesh, meanNeeded, { yaw: -yaw, pitch: -pitch })];
    return ahead.map((value, at) => (value - back[at]!) / 2);
  };
  const all = [
    ...modes.map((mode, index) => ({ mode, deviation: deviations[index]! })),
    ...[turned(gazeDeviation.yaw, 0), turned(0, gazeDeviation.pitch)].map((mode) => ({ mode, deviation: Math.hypot(...mode) })),
  ].sort((left, right) => right.deviation - left.deviation);
  return { modes: all.map(({ mode }) => mode), deviations: all.map(({ deviation }) => deviation), held };
}

/** The elements of a target that are not zero: most targets touch a small part of the face. */
interface SparseOffsets {
  readonly places: Int32Array;
  readonly values: Float32Array;
}

function sparse(offsets: Float32Array): SparseOffsets {
  const places = Int32Array.from(offsets.keys()).filter((at) => offsets[at] !== 0);
  return { places, values: Float32Array.from(places, (at) => offsets[at]!) };
}

function morph(neutral: Float64Array, targets: Map<string, SparseOffsets>, weights: TargetWeights): Float64Array {
  const shape = Float64Array.from(neutral);
  for (const [name, weight] of weights) {
    const target = targets.get(name);
    if (!target) throw new Error(`the target "${name}" was not read`);
    if (weight !== 0) for (let k = 0; k < target.places.length; k++) shape[target.places[k]!]! += weight * target.values[k]!;
  }
  return shape;
}

function symmetricMean(samples: readonly Float64Array[], mirror: Int32Array): Float64Array {
  const mean = new Float64Array(samples[0]!.length);
  for (const sample of samples) for (let at = 0; at < mean.length; at++) mean[at]! += sample[at]! / samples.length;
  const other = mirrorVectors(mean, mirror);
  return mean.map((value, at) => (value + other[at]!) / 2);
}
