/**
 * Device sections: maximal convex groups of device stages that hang together. Convex means that no path leaves the group
 * and comes back, for then the group could not run as one function.
 */
import type { StageContract } from '../plugin/stage-types.js';
import { ancestorsOf, type Edges } from './order-stages.js';
import type { PlannedSection, PortReference } from './plan.js';

/**
 * Neighbours are merged greedily, those nearest to the end of the graph first, so that the section of the loss reaches back
 * as far as it can. `kept` are outputs that something besides stages reads: the loss, logs, metrics. A device stage that is `fixed`
 * and reads no device stage stays a section of its own, so that its outputs can be cached.
 */
export function findSections(
  stages: readonly string[], edges: Edges, kindOf: (stage: string) => StageContract['kind'], kept: readonly PortReference[],
  fixed: (stage: string) => boolean = () => false,
): PlannedSection[] {
  const members = new Set(stages); // an edge may come from a stage that was refused and is none
  const readsDevice = (name: string): boolean => Object.values(edges.get(name) ?? {}).some(({ stage }) => members.has(stage) && kindOf(stage) === 'device');
  const alone = new Set(stages.filter((name) => kindOf(name) === 'device' && fixed(name) && !readsDevice(name)));
  const group = new Map(stages.map((name) => [name, name]));
  const links = stages.flatMap((to) =>
    Object.values(edges.get(to) ?? {}).filter(({ stage }) => members.has(stage)).map(({ stage: from }) => ({ from, to })),
  );
  const deviceLinks = links.filter(({ from, to }) => kindOf(from) === 'device' && kindOf(to) === 'device' && !alone.has(from)).reverse();
  for (let merged = true; merged; ) {
    merged = false;
    for (const { from, to } of deviceLinks) {
      const [a, b] = [group.get(from)!, group.get(to)!];
      if (a === b || leavesAndComesBack(links, group, a, b)) continue;
      for (const [name, current] of group) if (current === b) group.set(name, a);
      merged = true;
    }
  }
  const sections = new Map<string, string[]>();
  for (const name of stages.filter((each) => kindOf(each) === 'device')) {
    const key = group.get(name)!;
    sections.set(key, [...(sections.get(key) ?? []), name]);
  }
  return inOrder([...sections.values()], stages, edges).map((names, index) => {
    const section = describeSection(`section-${index + 1}`, names, stages, edges, kept);
    return names.every((name) => alone.has(name)) ? { ...section, cached: true } : section;
  });
}

/** Sections so that each comes after those whose results it needs, directly or through host stages. */
function inOrder(sections: readonly string[][], stages: readonly string[], edges: Edges): string[][] {
  const waiting = sections.map((names) => ({ names, needs: new Set(ancestorsOf(stages, edges, names)) }));
  const ordered: string[][] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex((one) => waiting.every((other) => other === one || !other.names.some((name) => one.needs.has(name))));
    ordered.push(waiting.splice(ready, 1)[0]!.names);
  }
  return ordered;
}

/** Whether a path leads from group a to group b through something that is in neither. */
function leavesAndComesBack(links: readonly { from: string; to: string }[], group: ReadonlyMap<string, string>, a: string, b: string): boolean {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of links) {
    const [left, right] = [group.get(from)!, group.get(to)!];
    if (left !== right) next.set(left, (next.get(left) ?? new Set()).add(right));
  }
  const waiting = [...(next.get(a) ?? [])].filter((name) => name !== b);
  const seen = new Set(waiting);
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    if (current === b) return true;
    for (const following of next.get(current) ?? []) {
      if (!seen.has(following)) {
        seen.add(following);
        waiting.push(following);
      }
    }
  }
  return false;
}

function describeSection(name: string, members: readonly string[], stages: readonly string[], edges: Edges, kept: readonly PortReference[]): PlannedSection {
  const inside = new Set(members);
  const inputs = new Set<PortReference>();
  const outputs = new Set<PortReference>(kept.filter((reference) => inside.has(reference.slice(0, reference.lastIndexOf('.')))));
  for (const stage of stages) {
    for (const edge of Object.values(edges.get(stage) ?? {})) {
      const reference = `${edge.stage}.${edge.port}`;
      if (inside.has(stage) && !inside.has(edge.stage)) inputs.add(reference);
      if (!inside.has(stage) && inside.has(edge.stage)) outputs.add(reference);
    }
  }
  return { name, stages: members, inputs: [...inputs], outputs: [...outputs] };
}
