/**
 * A layered layout of a directed graph (Sugiyama, Tagawa and Toda, 1981): layers by longest path, edges over several layers
 * through invisible points, order in a layer by barycentres, positions pulled towards the neighbours. Lines that leave a node
 * share their points as far as they go together, so that a result with many readers is one trunk with branches.
 */
export interface LayoutNode {
  readonly name: string;
  readonly width: number;
}

export interface LayoutLink {
  readonly from: string;
  readonly to: string;
}

export interface Layout {
  /** Centres of the nodes. */
  readonly nodes: ReadonlyMap<string, { readonly x: number; readonly layer: number }>;
  /** For each link, the centres that its line passes, from its first node to its last. */
  readonly lines: readonly (readonly { readonly x: number; readonly layer: number }[])[];
  readonly width: number;
  readonly layers: number;
}

interface Point {
  readonly layer: number;
  readonly width: number;
  readonly above: Point[];
  readonly below: Point[];
  x: number;
}

const gap = 24;
const sweeps = 24;

/** `nodes` in topological order. */
export function layoutGraph(nodes: readonly LayoutNode[], links: readonly LayoutLink[]): Layout {
  const depth = longestPaths(nodes, links);
  const points = new Map(nodes.map(({ name, width }) => [name, newPoint(depth.get(name)!, width)]));
  const layers: Point[][] = Array.from({ length: Math.max(0, ...depth.values()) + 1 }, () => []);
  for (const point of points.values()) layers[point.layer]!.push(point);
  const trunks = new Map(nodes.map(({ name }) => [name, new Map<number, Point>()]));
  const lines = links.map(({ from, to }) => connect(points.get(from)!, points.get(to)!, layers, trunks.get(from)!));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const ordered = sweep % 2 === 0 ? layers : [...layers].reverse();
    for (const layer of ordered) arrange(layer, sweep % 2 === 0 ? 'above' : 'below');
  }
  for (let sweep = 0; sweep < sweeps; sweep++) for (const layer of layers) straighten(layer);
  const all = layers.flat();
  const left = Math.min(...all.map(({ x, width }) => x - width / 2));
  for (const point of all) point.x -= left;
  const at = ({ x, layer }: Point): { x: number; layer: number } => ({ x, layer });
  return {
    nodes: new Map([...points].map(([name, point]) => [name, at(point)])), lines: lines.map((line) => line.map(at)),
    width: Math.max(...all.map(({ x, width }) => x + width / 2)), layers: layers.length,
  };
}

function newPoint(layer: number, width: number): Point {
  return { layer, width, above: [], below: [], x: 0 };
}

/** Each node as late as its readers allow, so that lines are short; what nothing reads sits after what it needs. */
function longestPaths(nodes: readonly LayoutNode[], links: readonly LayoutLink[]): Map<string, number> {
  const depth = new Map<string, number>();
  for (const { name } of nodes) depth.set(name, Math.max(0, ...links.filter((link) => link.to === name).map((link) => depth.get(link.from)! + 1)));
  for (const { name } of [...nodes].reverse()) {
    const readers = links.filter((link) => link.from === name).map((link) => depth.get(link.to)!);
    if (readers.length > 0) depth.set(name, Math.min(...readers) - 1);
  }
  return depth;
}

/** `trunk`: the invisible points of earlier lines from the same node, by layer. */
function connect(from: Point, to: Point, layers: Point[][], trunk: Map<number, Point>): Point[] {
  const line = [from];
  for (let layer = from.layer + 1; layer < to.layer; layer++) {
    let bend = trunk.get(layer);
    if (!bend) {
      bend = newPoint(layer, 12);
      trunk.set(layer, bend);
      layers[layer]!.push(bend);
    }
    line.push(bend);
  }
  line.push(to);
  for (let index = 1; index < line.length; index++) {
    const [above, below] = [line[index - 1]!, line[index]!];
    if (above.below.includes(below)) continue;
    above.below.push(below);
    below.above.push(above);
  }
  return line;
}

function arrange(layer: Point[], side: 'above' | 'below'): void {
  const centres = new Map(layer.map((point) => [point, meanX(point[side]) ?? point.x]));
  layer.sort((a, b) => centres.get(a)! - centres.get(b)!);
  let x = 0;
  for (const point of layer) {
    point.x = x + point.width / 2;
    x += point.width + gap;
  }
  for (const point of layer) point.x -= x / 2;
}

/** Moves the points of a layer towards their neighbours, first from the left, then from the right, keeping order and gaps. */
function straighten(layer: readonly Point[]): void {
  const wanted = layer.map((point) => meanX([...point.above, ...point.below]) ?? point.x);
  const fromLeft: number[] = [];
  layer.forEach((point, index) => {
    const least = index === 0 ? -Infinity : fromLeft[index - 1]! + (layer[index - 1]!.width + point.width) / 2 + gap;
    fromLeft.push(Math.max(wanted[index]!, least));
  });
  const fromRight: number[] = [];
  for (let index = layer.length - 1; index >= 0; index--) {
    const next = index + 1;
    const most = next === layer.length ? Infinity : fromRight[next]! - (layer[next]!.width + layer[index]!.width) / 2 - gap;
    fromRight[index] = Math.min(wanted[index]!, most);
  }
  layer.forEach((point, index) => (point.x = (fromLeft[index]! + fromRight[index]!) / 2));
}

function meanX(points: readonly Point[]): number | undefined {
  return points.length === 0 ? undefined : points.reduce((sum, { x }) => sum + x, 0) / points.length;
}
