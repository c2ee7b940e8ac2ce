/**
 * Eyes: a patch of quads that lies on the eyeball and reaches under the lids, and a ring of quads that joins it to the lid edge.
 * The patch belongs to the eyeball and not to the lids: lids close in front of it, and gaze turns it.
 */
import type { Topology } from './base-topology.js';
import { gridPlaces, interiorCount, makeGridPatch, type GridPatch } from './grid-patch.js';
import type { BaseMesh } from './makehuman-files.js';

export interface EyeSurface {
  /** The border is a loop of own vertices, before the interior ones. */
  readonly patch: GridPatch;
  /** [ring*4] quads from the lid edge to the border of the patch, counter-clockwise seen from outside. */
  readonly ringQuads: Int32Array;
  /** Border first, then interior. */
  readonly firstVertex: number;
  /** [N*3] unit vectors from the eyeball's centre to its vertices, at rest. */
  readonly directions: Float64Array;
  /** [N] share of a turn of the eye that a vertex follows: 1 in the middle, 0 on the border, which stays under the lids. */
  readonly mobility: Float64Array;
  /** Row of the needed positions where the eyeball starts. */
  readonly firstEyeball: number;
}

/** Angles by which the eye turns, radians: to +x and up. */
export interface Gaze {
  readonly yaw: number;
  readonly pitch: number;
}

/** Columns and rows of the patch. */
const cells = [8, 6] as const;
/** Where the border of the patch starts on the loop, so that its corners are at the corners of the socket. */
const borderStart = 21;
export const eyeballVertices = 72;

/** Share of MakeHuman's eyeball radius: a lid that moves on a straight line between its targets dips towards the ball. */
const radiusShare = 0.965;

/** Vertices that one eye adds. */
export const eyeVertexCount = 2 * (cells[0] + cells[1]) + interiorCount(...cells);

export interface EyeSite {
  /** Loop of the lid edge and the loop behind it in the socket, vertex by vertex, as vertices of the base mesh. */
  readonly lid: readonly number[];
  readonly socket: readonly number[];
  /** The lid edge as control vertices. */
  readonly lidControl: readonly number[];
  readonly firstVertex: number;
  readonly firstEyeball: number;
  readonly eyeballStart: number;
  /** The right eye is the mirror image of the left: its loops run the other way. */
  readonly mirrored: boolean;
}

export function makeEyeSurface(base: BaseMesh, site: EyeSite): EyeSurface {
  const { lid, lidControl, firstVertex, mirrored } = site;
  const count = lid.length;
  const alongBorder = Array.from({ length: count }, (_, step) => (borderStart - step + count) % count);
  const ring = alongBorder.map((_, step) => firstVertex + step);
  const grid = makeGridPatch(ring, ...cells, firstVertex + count);
  const quad = (step: number): number[] => {
    const next = (step + 1) % count;
    const corners = [lidControl[alongBorder[step]!]!, lidControl[alongBorder[next]!]!, ring[next]!, ring[step]!];
    return mirrored ? corners.reverse() : corners;
  };
  const { centre } = eyeball(base.positions, site.eyeballStart);
  const rest = alongBorder.flatMap((index) => [0, 1, 2].map((axis) => base.positions[site.socket[index]! * 3 + axis]! - centre[axis]!));
  const directions = Float64Array.from([...rest, ...filled(grid, rest)]);
  for (let at = 0; at < directions.length; at += 3) {
    const length = Math.hypot(directions[at]!, directions[at + 1]!, directions[at + 2]!);
    for (let axis = 0; axis < 3; axis++) directions[at + axis]! /= length;
  }
  return {
    patch: mirrored ? flipped(grid) : grid,
    ringQuads: Int32Array.from(ring.flatMap((_, step) => quad(step))),
    firstVertex, directions, firstEyeball: site.firstEyeball,
    mobility: mobilityOf(grid, firstVertex, eyeVertexCount),
  };
}

/** Pairs every vertex of the lid loop with its neighbour in the socket. */
export function socketLoop(topology: Topology, lid: readonly number[], inside: ReadonlySet<number>): number[] {
  const insideVertices = new Set([...inside].flatMap((quad) => topology.corners(quad)));
  const onLid = new Set(lid);
  return lid.map((vertex) => {
    const next = [...topology.edgeNeighbours.get(vertex)!].filter((other) => insideVertices.has(other) && !onLid.has(other));
    if (next.length !== 1) throw new Error(`vertex ${vertex} of the lid edge has ${next.length} neighbours in the socket, not one`);
    return next[0]!;
  });
}

/** Writes the vertices of an eye: centre + radius · R(gaze) · direction. */
export function placeEye(eye: EyeSurface, needed: Float64Array, gaze: Gaze, positions: Float64Array): void {
  const { centre, radius } = eyeball(needed, eye.firstEyeball);
  for (let index = 0; index < eyeVertexCount; index++) {
    const yaw = gaze.yaw * eye.mobility[index]!;
    const pitch = gaze.pitch * eye.mobility[index]!;
    const [x, y, z] = [0, 1, 2].map((axis) => eye.directions[index * 3 + axis]!) as [number, number, number];
    const [y1, z1] = [Math.cos(pitch) * y + Math.sin(pitch) * z, Math.cos(pitch) * z - Math.sin(pitch) * y];
    const turned = [Math.cos(yaw) * x + Math.sin(yaw) * z1, y1, Math.cos(yaw) * z1 - Math.sin(yaw) * x];
    for (let axis = 0; axis < 3; axis++) positions[(eye.firstVertex + index) * 3 + axis] = centre[axis]! + radiusShare * radius * turned[axis]!;
  }
}

/** Centre and radius of an eyeball: the mean of its vertices and their mean distance to it. */
export function eyeball(positions: Float64Array, first: number): { centre: number[]; radius: number } {
  const centre = [0, 0, 0];
  for (let index = 0; index < eyeballVertices; index++) {
    for (let axis = 0; axis < 3; axis++) centre[axis]! += positions[(first + index) * 3 + axis]! / eyeballVertices;
  }
  let radius = 0;
  for (let index = 0; index < eyeballVertices; index++) {
    const at = (first + index) * 3;
    radius += Math.hypot(positions[at]! - centre[0]!, positions[at + 1]! - centre[1]!, positions[at + 2]! - centre[2]!) / eyeballVertices;
  }
  return { centre, radius };
}

/** Interior points of the grid at harmonic averages of its border points [border*3]. */
function filled(grid: GridPatch, border: readonly number[]): number[] {
  return grid.weights.flatMap((weights) => [0, 1, 2].map((axis) => weights.reduce((sum, weight, k) => sum + weight * border[k * 3 + axis]!, 0)));
}

function mobilityOf(grid: GridPatch, firstVertex: number, count: number): Float64Array {
  const mobility = new Float64Array(count);
  for (const [vertex, [across, up]] of gridPlaces(grid)) mobility[vertex - firstVertex] = (1 - (2 * across - 1) ** 6) * (1 - (2 * up - 1) ** 6);
  return mobility;
}

function flipped(patch: GridPatch): GridPatch {
  const quads = Int32Array.from(patch.quads, (_, index) => patch.quads[index - (index % 4) + 3 - (index % 4)]!);
  return { ...patch, quads };
}
