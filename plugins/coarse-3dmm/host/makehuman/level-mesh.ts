/** The mesh of a level, and how fields of the control mesh and colours of the level `small` get there. */
import type { ControlMesh } from './control-mesh.js';
import { levels, type Level } from './levels.js';
import { applyRows, pickRows, subdivide, type SparseRows, type Subdivision } from './subdivision.js';
import { locateInFan, locateOnLevel, trianglesOf, type Barycentric, type SurfacePoint } from './surface-points.js';

export interface LevelMesh {
  readonly vertexCount: number;
  /** [F*3] */
  readonly triangles: Int32Array;
  /** Positions and their modes [V*3] from those of the control mesh. */
  fromControl(field: Float64Array): Float64Array;
  /** Colours and masks from the first subdivision, the level `small`: coarser levels are its first vertices. */
  fromFirst(field: Float64Array | Float32Array, channels: number): Float64Array;
  /** Where a place of the control mesh lies. */
  locate(point: SurfacePoint): Barycentric;
}

/** @param first the first subdivision of the control mesh, when it is at hand */
export function makeLevelMesh(level: Level, control: ControlMesh, first: Subdivision = subdivide(control)): LevelMesh {
  const { depth, centred } = levels[level];
  const steps = depth === 0 ? [] : [first];
  while (steps.length < depth) steps.push(subdivide(steps.at(-1)!.mesh));
  const mesh = steps.at(-1)?.mesh ?? control;
  if (!centred) {
    return {
      vertexCount: mesh.vertexCount,
      triangles: trianglesOf(mesh.quads),
      fromControl: (field) => applyAll(steps.map(({ smooth }) => smooth), field, 3),
      fromFirst: (field, channels) => applyAll(steps.slice(1).map(({ linear }) => linear), field, channels).slice(0, mesh.vertexCount * channels),
      locate: (point) => locateOnLevel(control, mesh, depth, point),
    };
  }
  const { mesh: fine, smooth, linear } = subdivide(mesh);
  const quadCount = mesh.quads.length / 4;
  const centresFrom = fine.vertexCount - quadCount;
  const rows = Int32Array.from({ length: mesh.vertexCount + quadCount }, (_, row) => (row < mesh.vertexCount ? row : row - mesh.vertexCount + centresFrom));
  return {
    vertexCount: rows.length,
    triangles: fansOf(mesh.quads, mesh.vertexCount),
    fromControl: (field) => applyAll([...steps.map((step) => step.smooth), pickRows(smooth, rows)], field, 3),
    fromFirst: (field, channels) => applyAll([...steps.slice(1).map((step) => step.linear), pickRows(linear, rows)], field, channels),
    locate: (point) => locateInFan(control, mesh, depth, point),
  };
}

function applyAll(matrices: readonly SparseRows[], field: Float64Array | Float32Array, channels: number): Float64Array {
  let carried: Float64Array = Float64Array.from(field);
  for (const matrix of matrices) carried = applyRows(matrix, carried, channels);
  return carried;
}

/** Four triangles about the middle of every quad; the middle of quad q is vertex `vertexCount` + q. */
function fansOf(quads: Int32Array, vertexCount: number): Int32Array {
  const triangles = new Int32Array(quads.length * 3);
  for (let at = 0; at < quads.length; at++) {
    triangles.set([quads[at]!, quads[at - (at % 4) + ((at + 1) % 4)]!, vertexCount + Math.floor(at / 4)], at * 3);
  }
  return triangles;
}
