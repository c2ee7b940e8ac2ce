/**
 * The control mesh of the face: the front of the base mesh, with each eye socket replaced by a patch that lies on the
 * eyeball and the mouth cavity replaced by a flat patch behind the lips. It is one connected disc of quads.
 */
import { makeGridPatch, interiorCount, type GridPatch } from './grid-patch.js';
import { mirrorVertices, Topology } from './base-topology.js';
import type { BaseMesh } from './makehuman-files.js';
import { mirrorPairs } from './mirror-pairs.js';

/** What a control vertex belongs to. */
export const parts = { skin: 0, leftEye: 1, rightEye: 2, mouthInside: 3, lidMargin: 4 } as const;

export interface ControlMesh {
  readonly vertexCount: number;
  /** [Q*4], counter-clockwise seen from outside. */
  readonly quads: Int32Array;
  /** [Q] the quad of the base mesh, or `patchQuadOffset` + n for the n-th quad of the patches. */
  readonly quadNames: Int32Array;
  /** Base vertices whose positions `controlPositions` needs: the cropped ones, in order, then both eyeballs. */
  readonly needed: Int32Array;
  /** How many of `needed`, and so of the control vertices, are vertices of the base mesh. */
  readonly croppedCount: number;
  /** [V] one of `parts`. */
  readonly parts: Uint8Array;
  /** [V*2] texture coordinates of the skin; NaN where the skin texture does not apply. */
  readonly uvs: Float64Array;
  readonly eyes: readonly EyePatch[];
  readonly mouth: GridPatch;
}

interface EyePatch {
  readonly patch: GridPatch;
  /** Rows of `needed` that hold the eyeball. */
  readonly firstEyeball: number;
}

export const patchQuadOffset = 100000;
/** Columns and rows of the patches. */
const eyeCells = [10, 4] as const;
const mouthCells = [14, 5] as const;
const eyeballVertices = 72;
const leftEyeball = 14598;
const rightEyeball = 14670;

/** Edge loops of the base mesh, each named by two of its vertices. */
const loops = {
  lid: [7792, 7791], lidMargin: [7767, 7766], socketInside: 11915,
  mouth: [571, 7312], mouthInside: 696,
} as const;

/** The part of the base mesh that is kept: before the ears, under the hairline, above the throat. */
function inCrop(x: number, y: number, z: number): boolean {
  const belowHairline = (x / 0.86) ** 2 + ((y - 7.1) / 0.9) ** 2 < 1 || y < 7.1;
  const beforeEars = z > 0.7;
  const aboveThroat = z > 1.15 - 1.1 * (y - 6.16);
  return belowHairline && beforeEars && aboveThroat;
}

export function makeControlMesh(base: BaseMesh): ControlMesh {
  const head = headQuads(base);
  const topology = new Topology(base, head);
  const mirror = mirrorVertices(base, [...topology.quadsAt.keys()]);
  const mirrored = (vertices: readonly number[]): number[] => vertices.map((vertex) => mirror.get(vertex)!);
  const lid = topology.edgeLoop(loops.lid[0], loops.lid[1]);
  const margin = topology.edgeLoop(loops.lidMargin[0], loops.lidMargin[1]);
  const mouth = topology.edgeLoop(loops.mouth[0], loops.mouth[1]);

  const inside = (vertex: number, loop: readonly number[]): Set<number> => topology.flood(topology.quadsAt.get(vertex)![0]!, loop);
  const removed = new Set([
    ...inside(loops.socketInside, lid), ...inside(mirror.get(loops.socketInside)!, mirrored(lid)), ...inside(loops.mouthInside, mouth),
  ]);
  const kept = head.filter((quad) => !removed.has(quad) && topology.corners(quad).every((v) => inCrop(...placeOf(base, v))));
  const cropped = [...new Set(kept.flatMap((quad) => topology.corners(quad)))].sort((a, b) => a - b);
  const control = new Map(cropped.map((vertex, index) => [vertex, index]));
  const toControl = (vertices: readonly number[]): number[] => vertices.map((vertex) => control.get(vertex)!);

  const patches = closePatches(cropped.length, toControl(eyeBorder(lid)), toControl(mirrored(eyeBorder(lid))), toControl(mouthBorder(mouth)));
  const mesh = {
    vertexCount: cropped.length + patches.reduce((sum, patch) => sum + patch.weights.length, 0),
    quads: Int32Array.from([...kept.flatMap((quad) => toControl(topology.corners(quad))), ...patches.flatMap((patch) => [...patch.quads])]),
    quadNames: Int32Array.from([...kept, ...range(patchQuadOffset, patches.reduce((sum, patch) => sum + patch.quads.length / 4, 0))]),
    needed: Int32Array.from([...cropped, ...range(leftEyeball, eyeballVertices), ...range(rightEyeball, eyeballVertices)]),
    croppedCount: cropped.length,
    eyes: patches.slice(0, 2).map((patch, eye) => ({ patch, firstEyeball: cropped.length + eye * eyeballVertices })),
    mouth: patches[2],
  };
  alignCorners(mesh.quads, mirrorPairs(controlPositions(mesh, neededPositions(base, mesh))));
  const lidMargins = [...toControl(margin), ...toControl(mirrored(margin))];
  return { ...mesh, parts: partsOf(mesh.vertexCount, lidMargins, patches), uvs: skinUvs(base, kept, control, mesh.vertexCount) };
}

type Patches = readonly [left: GridPatch, right: GridPatch, mouth: GridPatch];

function closePatches(first: number, left: readonly number[], right: readonly number[], mouth: readonly number[]): Patches {
  const eyeVertices = interiorCount(...eyeCells);
  return [
    makeGridPatch(left, ...eyeCells, first),
    flipped(makeGridPatch(right, ...eyeCells, first + eyeVertices)),
    makeGridPatch(mouth, ...mouthCells, first + 2 * eyeVertices),
  ];
}

function partsOf(vertexCount: number, lidMargins: readonly number[], patches: Patches): Uint8Array {
  const partOf = new Uint8Array(vertexCount);
  for (const vertex of lidMargins) partOf[vertex] = parts.lidMargin;
  [parts.leftEye, parts.rightEye, parts.mouthInside].forEach((part, index) => {
    const { border, firstInterior, weights } = patches[index]!;
    for (const vertex of [...border, ...range(firstInterior, weights.length)]) partOf[vertex] = part;
  });
  return partOf;
}

/**
 * Turns the corners of each quad whose mirror image came before, so that both start at mirror images of one corner: then the
 * diagonal from the first to the third corner is symmetric too.
 */
function alignCorners(quads: Int32Array, mirror: Int32Array): void {
  const known = new Map<string, number>();
  for (let at = 0; at < quads.length; at += 4) {
    const corners = [...quads.subarray(at, at + 4)];
    const key = (vertices: readonly number[]): string => [...vertices].sort((a, b) => a - b).join();
    const partner = known.get(key(corners.map((vertex) => mirror[vertex]!)));
    if (partner === undefined) {
      known.set(key(corners), at);
      continue;
    }
    const start = corners.indexOf(mirror[quads[partner]!]!);
    quads.set(corners.map((_, step) => corners[(start + step) % 4]!), at);
  }
}

/** Positions of all control vertices [V*3] from those of the needed base vertices [needed*3]. Eye patches lie on the eyeball. */
export function controlPositions(mesh: Pick<ControlMesh, 'vertexCount' | 'croppedCount' | 'eyes' | 'mouth'>, needed: Float64Array): Float64Array {
  const positions = new Float64Array(mesh.vertexCount * 3);
  positions.set(needed.subarray(0, mesh.croppedCount * 3));
  fillPatch(mesh.mouth, positions);
  for (const { patch, firstEyeball } of mesh.eyes) {
    fillPatch(patch, positions);
    const { centre, radius } = eyeball(needed, firstEyeball);
    for (let index = 0; index < patch.weights.length; index++) {
      const at = (patch.firstInterior + index) * 3;
      const offset = [0, 1, 2].map((axis) => positions[at + axis]! - centre[axis]!);
      const scale = radius / Math.hypot(...offset);
      for (let axis = 0; axis < 3; axis++) positions[at + axis] = centre[axis]! + offset[axis]! * scale;
    }
  }
  return positions;
}

/** Positions [needed*3] of the base face itself. */
export function neededPositions(base: BaseMesh, mesh: Pick<ControlMesh, 'needed'>): Float64Array {
  const positions = new Float64Array(mesh.needed.length * 3);
  mesh.needed.forEach((vertex, row) => positions.set(base.positions.subarray(vertex * 3, vertex * 3 + 3), row * 3));
  return positions;
}

/** Centre and radius of an eyeball: the mean of its vertices and their mean distance to it. */
export function eyeball(needed: Float64Array, first: number): { centre: number[]; radius: number } {
  const centre = [0, 0, 0];
  for (let index = 0; index < eyeballVertices; index++) {
    for (let axis = 0; axis < 3; axis++) centre[axis]! += needed[(first + index) * 3 + axis]! / eyeballVertices;
  }
  let radius = 0;
  for (let index = 0; index < eyeballVertices; index++) {
    const at = (first + index) * 3;
    radius += Math.hypot(needed[at]! - centre[0]!, needed[at + 1]! - centre[1]!, needed[at + 2]! - centre[2]!) / eyeballVertices;
  }
  return { centre, radius };
}

function fillPatch(patch: GridPatch, positions: Float64Array): void {
  patch.weights.forEach((weights, index) => {
    for (let axis = 0; axis < 3; axis++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * positions[patch.border[k]! * 3 + axis]!;
      positions[(patch.firstInterior + index) * 3 + axis] = sum;
    }
  });
}

function headQuads(base: BaseMesh): number[] {
  const quads: number[] = [];
  for (let quad = 0; quad < base.groups.length; quad++) {
    const high = [0, 1, 2, 3].every((corner) => base.positions[base.quads[quad * 4 + corner]! * 3 + 1]! > 6);
    if (base.groups[quad] === 0 && high) quads.push(quad);
  }
  return quads;
}

function placeOf(base: BaseMesh, vertex: number): [number, number, number] {
  return [base.positions[vertex * 3]!, base.positions[vertex * 3 + 1]!, base.positions[vertex * 3 + 2]!];
}

/** The lid loop runs clockwise seen from the front, from the top at the nose; the border starts at the inner corner. */
function eyeBorder(lid: readonly number[]): number[] {
  return range(0, lid.length).map((step) => lid[(22 - step + lid.length) % lid.length]!);
}

/** The mouth loop runs clockwise from the middle of the upper lip; the border runs the other way from a lower corner. */
function mouthBorder(mouth: readonly number[]): number[] {
  return range(0, mouth.length).map((step) => mouth[(26 - step + mouth.length) % mouth.length]!);
}

function flipped(patch: GridPatch): GridPatch {
  const quads = Int32Array.from(patch.quads, (_, index) => patch.quads[index - (index % 4) + 3 - (index % 4)]!);
  return { ...patch, quads };
}

/** One texture coordinate a vertex, from the largest piece of the skin's texture; NaN where only other pieces meet. */
function skinUvs(base: BaseMesh, kept: readonly number[], control: Map<number, number>, vertexCount: number): Float64Array {
  const uvs = new Float64Array(vertexCount * 2).fill(Number.NaN);
  for (const quad of largestChart(base, kept)) {
    for (let corner = 0; corner < 4; corner++) {
      const at = control.get(base.quads[quad * 4 + corner]!)!;
      const uv = base.quadUvs[quad * 4 + corner]!;
      uvs[at * 2] = base.uvs[uv * 2]!;
      uvs[at * 2 + 1] = base.uvs[uv * 2 + 1]!;
    }
  }
  return uvs;
}

function largestChart(base: BaseMesh, kept: readonly number[]): number[] {
  const byUv = new Map<number, number[]>();
  const cornersOf = (quad: number): number[] => [0, 1, 2, 3].map((corner) => base.quadUvs[quad * 4 + corner]!);
  for (const quad of kept) for (const uv of cornersOf(quad)) byUv.set(uv, [...(byUv.get(uv) ?? []), quad]);
  const seen = new Set<number>();
  let largest: number[] = [];
  for (const start of kept) {
    if (seen.has(start)) continue;
    seen.add(start);
    const chart = [start];
    for (let next = 0; next < chart.length; next++) {
      for (const uv of cornersOf(chart[next]!)) {
        for (const quad of byUv.get(uv)!) {
          if (seen.has(quad)) continue;
          seen.add(quad);
          chart.push(quad);
        }
      }
    }
    if (chart.length > largest.length) largest = chart;
  }
  return largest;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
