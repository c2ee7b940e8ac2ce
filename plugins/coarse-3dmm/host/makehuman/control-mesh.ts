/**
 * The control mesh of the face: the front of the base mesh, with each eye socket replaced by a surface that lies on the
 * eyeball and the mouth cavity by a grid with teeth and a hollow. It is one connected disc of quads.
 */
import { mirrorVertices, Topology } from './base-topology.js';
import { eyeballVertices, eyeVertexCount, makeEyeSurface, placeEye, socketLoop, type EyeSurface, type Gaze } from './eye-surface.js';
import type { BaseMesh } from './makehuman-files.js';
import { mirrorPairs } from './mirror-pairs.js';
import { makeMouthCavity, mouthVertexCount, placeMouth, type MouthCavity } from './mouth-cavity.js';
import { findRim, smoothRim } from './smooth-rim.js';

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
  readonly eyes: readonly EyeSurface[];
  readonly mouth: MouthCavity;
  /** The outer edge, see `findRim`. */
  readonly rim: Int32Array;
}

export const patchQuadOffset = 100000;
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
  const socketInside = inside(loops.socketInside, lid);
  const removed = new Set([
    ...socketInside, ...inside(mirror.get(loops.socketInside)!, mirrored(lid)), ...inside(loops.mouthInside, mouth),
  ]);
  const kept = head.filter((quad) => !removed.has(quad) && topology.corners(quad).every((v) => inCrop(...placeOf(base, v))));
  const cropped = [...new Set(kept.flatMap((quad) => topology.corners(quad)))].sort((a, b) => a - b);
  const control = new Map(cropped.map((vertex, index) => [vertex, index]));
  const toControl = (vertices: readonly number[]): number[] => vertices.map((vertex) => control.get(vertex)!);

  const socket = socketLoop(topology, lid, socketInside);
  const eyeSurface = (side: 0 | 1, lidLoop: readonly number[], socketVertices: readonly number[]): EyeSurface => makeEyeSurface(base, {
    lid: lidLoop, socket: socketVertices, lidControl: toControl(lidLoop), firstVertex: cropped.length + side * eyeVertexCount,
    firstEyeball: cropped.length + side * eyeballVertices, eyeballStart: [leftEyeball, rightEyeball][side]!, mirrored: side === 1,
  });
  const eyes = [eyeSurface(0, lid, socket), eyeSurface(1, mirrored(lid), mirrored(socket))];
  const lips = mouthBorder(mouth);
  const cavity = makeMouthCavity(toControl(lips), Float64Array.from(lips.flatMap((vertex) => placeOf(base, vertex))), cropped.length + 2 * eyeVertexCount);
  const added = [...eyes.flatMap((eye) => [...eye.patch.quads]), ...cavity.patch.quads, ...eyes.flatMap((eye) => [...eye.ringQuads])];
  const quads = Int32Array.from([...kept.flatMap((quad) => toControl(topology.corners(quad))), ...added]);
  const mesh = {
    vertexCount: cropped.length + 2 * eyeVertexCount + mouthVertexCount,
    quads,
    rim: findRim(quads),
    quadNames: Int32Array.from([...kept, ...range(patchQuadOffset, added.length / 4)]),
    needed: Int32Array.from([...cropped, ...range(leftEyeball, eyeballVertices), ...range(rightEyeball, eyeballVertices)]),
    croppedCount: cropped.length,
    eyes,
    mouth: cavity,
  };
  alignCorners(mesh.quads, mirrorPairs(controlPositions(mesh, neededPositions(base, mesh))));
  const lidMargins = [...toControl(margin), ...toControl(mirrored(margin))];
  return { ...mesh, parts: partsOf(mesh, lidMargins), uvs: skinUvs(base, kept, control, mesh.vertexCount) };
}

function partsOf({ vertexCount, eyes, mouth }: Pick<ControlMesh, 'vertexCount' | 'eyes' | 'mouth'>, lidMargins: readonly number[]): Uint8Array {
  const partOf = new Uint8Array(vertexCount);
  for (const vertex of lidMargins) partOf[vertex] = parts.lidMargin;
  eyes.forEach(({ firstVertex }, side) => partOf.fill([parts.leftEye, parts.rightEye][side]!, firstVertex, firstVertex + eyeVertexCount));
  const { border, firstInterior } = mouth.patch;
  for (const vertex of [...border, ...range(firstInterior, mouthVertexCount)]) partOf[vertex] = parts.mouthInside;
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

const straightAhead: Gaze = { yaw: 0, pitch: 0 };

/** Positions of all control vertices [V*3] from those of the needed base vertices [needed*3]. */
export function controlPositions(
  mesh: Pick<ControlMesh, 'vertexCount' | 'croppedCount' | 'eyes' | 'mouth' | 'rim'>, needed: Float64Array, gaze = straightAhead,
): Float64Array {
  const positions = new Float64Array(mesh.vertexCount * 3);
  positions.set(needed.subarray(0, mesh.croppedCount * 3));
  placeMouth(mesh.mouth, positions);
  for (const eye of mesh.eyes) placeEye(eye, needed, gaze, positions);
  smoothRim(mesh.rim, positions);
  return positions;
}

/** Positions [needed*3] of the base face itself. */
export function neededPositions(base: BaseMesh, mesh: Pick<ControlMesh, 'needed'>): Float64Array {
  const positions = new Float64Array(mesh.needed.length * 3);
  mesh.needed.forEach((vertex, row) => positions.set(base.positions.subarray(vertex * 3, vertex * 3 + 3), row * 3));
  return positions;
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

/** The mouth loop runs clockwise from the middle of the upper lip; the border runs the other way from a lower corner. */
function mouthBorder(mouth: readonly number[]): number[] {
  return range(0, mouth.length).map((step) => mouth[(26 - step + mouth.length) % mouth.length]!);
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
