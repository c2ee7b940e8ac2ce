/** Walks over the base mesh: neighbours, edge loops, rings, flood fills. */
import type { BaseMesh } from './makehuman-files.js';

/** Neighbours of the vertices of the given quads. */
export class Topology {
  /** Vertices that share an edge. */
  readonly edgeNeighbours = new Map<number, Set<number>>();
  /** Vertices that share a quad. */
  readonly quadNeighbours = new Map<number, Set<number>>();
  /** Quads around a vertex, by their number in the base mesh. */
  readonly quadsAt = new Map<number, number[]>();

  constructor(private readonly mesh: BaseMesh, readonly quadNumbers: readonly number[]) {
    for (const quad of quadNumbers) this.addQuad(quad);
  }

  corners(quad: number): readonly number[] {
    return [0, 1, 2, 3].map((corner) => this.mesh.quads[quad * 4 + corner]!);
  }

  /** Rings of vertices around a seed: ring k is at k steps over shared quads. */
  rings(seed: number, count: number): number[][] {
    const seen = new Set([seed]);
    const rings = [[seed]];
    while (rings.length <= count) {
      const next = new Set<number>();
      for (const vertex of rings[rings.length - 1]!) {
        for (const other of this.quadNeighbours.get(vertex)!) if (!seen.has(other)) next.add(other);
      }
      next.forEach((vertex) => seen.add(vertex));
      rings.push([...next]);
    }
    return rings;
  }

  /** The closed edge loop through two neighbouring vertices: at each vertex of valence four it goes straight on. */
  edgeLoop(first: number, second: number): number[] {
    const loop = [first, second];
    for (;;) {
      const from = loop[loop.length - 2]!;
      const at = loop[loop.length - 1]!;
      const onward = [...this.edgeNeighbours.get(at)!].filter((other) => other !== from && !this.shareQuad(from, at, other));
      if (onward.length !== 1) throw new Error(`the edge loop ${first}-${second} ends at vertex ${at}`);
      if (onward[0] === first) return loop;
      loop.push(onward[0]!);
    }
  }

  /** A set of vertices that form one closed loop of edges, in order. */
  orderLoop(vertices: readonly number[]): number[] {
    const members = new Set(vertices);
    const loop = [vertices[0]!];
    const used = new Set(loop);
    for (;;) {
      const at = loop[loop.length - 1]!;
      const next = [...this.edgeNeighbours.get(at)!].find((other) => members.has(other) && !used.has(other));
      if (next === undefined) return loop;
      loop.push(next);
      used.add(next);
    }
  }

  /** Quads reached from a quad without crossing an edge of the loop. */
  flood(start: number, loop: readonly number[]): Set<number> {
    const walls = new Set(loop.map((vertex, index) => edgeKey(vertex, loop[(index + 1) % loop.length]!)));
    const reached = new Set([start]);
    const open = [start];
    while (open.length > 0) {
      const quad = open.pop()!;
      const corners = this.corners(quad);
      corners.forEach((vertex, index) => {
        const other = corners[(index + 1) % 4]!;
        if (walls.has(edgeKey(vertex, other))) return;
        for (const next of this.quadsAt.get(vertex)!) {
          if (reached.has(next) || !this.corners(next).includes(other)) continue;
          reached.add(next);
          open.push(next);
        }
      });
    }
    return reached;
  }

  private shareQuad(from: number, at: number, other: number): boolean {
    return this.quadsAt.get(at)!.some((quad) => this.corners(quad).includes(from) && this.corners(quad).includes(other));
  }

  private addQuad(quad: number): void {
    const corners = this.corners(quad);
    corners.forEach((vertex, index) => {
      const next = corners[(index + 1) % 4]!;
      link(this.edgeNeighbours, vertex, next);
      link(this.edgeNeighbours, next, vertex);
      corners.forEach((other) => other !== vertex && link(this.quadNeighbours, vertex, other));
      this.quadsAt.set(vertex, [...(this.quadsAt.get(vertex) ?? []), quad]);
    });
  }
}

/** For each vertex its mirror image at −x; the base mesh is exactly symmetric. */
export function mirrorVertices(mesh: BaseMesh, vertices: readonly number[]): Map<number, number> {
  const keyOf = (x: number, y: number, z: number): string => [x, y, z].map((value) => Math.round(value * 5000)).join();
  const { positions } = mesh;
  const byPlace = new Map<string, number>();
  for (const vertex of vertices) byPlace.set(keyOf(positions[vertex * 3]!, positions[vertex * 3 + 1]!, positions[vertex * 3 + 2]!), vertex);
  return new Map(
    vertices.map((vertex) => {
      const other = byPlace.get(keyOf(-positions[vertex * 3]!, positions[vertex * 3 + 1]!, positions[vertex * 3 + 2]!));
      if (other === undefined) throw new Error(`vertex ${vertex} of the base mesh has no mirror image`);
      return [vertex, other];
    }),
  );
}

function link(map: Map<number, Set<number>>, from: number, to: number): void {
  const set = map.get(from);
  if (set) set.add(to);
  else map.set(from, new Set([to]));
}

function edgeKey(left: number, right: number): string {
  return left < right ? `${left}-${right}` : `${right}-${left}`;
}
