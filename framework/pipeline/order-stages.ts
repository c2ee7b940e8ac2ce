/** Topological order of stages, in the order of the file where the edges leave a choice. */
import type { Compilation } from './compilation.js';
import type { PlannedEdge } from './plan.js';

export type Edges = ReadonlyMap<string, Readonly<Record<string, PlannedEdge>>>;

/** Names in an order in which every stage comes after those that feed it; undefined (with a problem) for a circle. */
export function orderStages(compilation: Compilation, edges: Edges): string[] | undefined {
  const order: string[] = [];
  const done = new Set<string>();
  const open: string[] = [];
  let circular = false;
  const visit = (name: string): void => {
    if (done.has(name) || circular) return;
    open.push(name);
    for (const edge of Object.values(edges.get(name) ?? {})) {
      if (open.includes(edge.stage)) {
        reportCircle(compilation, [...open.slice(open.indexOf(edge.stage)), edge.stage], edge);
        circular = true;
        return;
      }
      visit(edge.stage);
    }
    open.pop();
    done.add(name);
    order.push(name);
  };
  for (const name of edges.keys()) visit(name);
  return circular ? undefined : order;
}

function reportCircle({ problems }: Compilation, path: readonly string[], edge: PlannedEdge): void {
  problems.add('FLOW_CYCLE', {
    who: path[0], message: `stages depend on each other in a circle: ${path.join(' ← ')}`, where: edge.place,
    cure: 'remove one of these connections',
  });
}

/** The given stages and everything that they need, in the order of `order`. */
export function ancestorsOf(order: readonly string[], edges: Edges, wanted: Iterable<string>): string[] {
  const needed = new Set(wanted);
  for (const name of [...order].reverse()) {
    if (needed.has(name)) for (const edge of Object.values(edges.get(name) ?? {})) needed.add(edge.stage);
  }
  return order.filter((name) => needed.has(name));
}
