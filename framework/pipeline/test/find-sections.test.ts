/** Sections against their definition, on random graphs: convex, connected, maximal, in an order that can run. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../values/random.js';
import { findSections } from '../find-sections.js';
import type { PlannedEdge, PlannedSection } from '../plan.js';
import type { Edges } from '../order-stages.js';

type Kind = 'source' | 'host' | 'device' | 'sink';

const place = { file: 'x', line: 1, column: 1 };

function graphOf(links: Readonly<Record<string, readonly string[]>>): Edges {
  const edge = (stage: string): PlannedEdge => ({ stage, port: 'out', detach: false, place });
  return new Map(Object.entries(links).map(([name, from]) => [name, Object.fromEntries(from.map((each, index) => [`in${index}`, edge(each)]))]));
}

function sectionsOf(links: Readonly<Record<string, readonly string[]>>, kinds: (name: string) => Kind, kept: string[] = []): PlannedSection[] {
  return findSections(Object.keys(links), graphOf(links), kinds, kept);
}

const byLetter = (name: string): Kind => (({ s: 'source', h: 'host', d: 'device', k: 'sink' }) as const)[name[0] as 's']!;

test('a chain of device stages is one section with its inputs and outputs', () => {
  const sections = sectionsOf({ s: [], d1: ['s'], d2: ['d1', 's'], k: ['d1'] }, byLetter, ['d2.out']);
  assert.equal(sections, [{ name: 'section-1', stages: ['d1', 'd2'], inputs: ['s.out'], outputs: ['d2.out', 'd1.out'] }]);
});

test('a host stage in between splits, and the section of the end reaches back as far as it can', () => {
  // d1 feeds d4 directly and through h; d2 only through h.
  const sections = sectionsOf({ s: [], d0: ['s'], d2: ['s'], h: ['d2'], d4: ['d0', 'h'] }, byLetter);
  assert.equal(sections.map(({ stages }) => stages), [['d2'], ['d0', 'd4']]);
});

test('a stage that is also behind the host stage cannot join', () => {
  const sections = sectionsOf({ s: [], d1: ['s'], h: ['d1'], d2: ['d1', 'h'] }, byLetter);
  assert.equal(sections.map(({ stages }) => stages), [['d1'], ['d2']]);
});

test('a fixed stage that reads host values alone is a cached section; one behind a device stage is not', () => {
  const links = { s: [], h: ['s'], d1: ['h'], d2: ['d1'], d3: ['h', 'd2'] };
  const fixed = (name: string): boolean => name !== 'd3';
  const sections = findSections(Object.keys(links), graphOf(links), byLetter, ['d3.out'], fixed);
  assert.equal(sections, [
    { name: 'section-1', stages: ['d1'], inputs: ['h.out'], outputs: ['d1.out'], cached: true },
    { name: 'section-2', stages: ['d2', 'd3'], inputs: ['d1.out', 'h.out'], outputs: ['d3.out'] },
  ]);
});

test('device stages without a connection are sections of their own', () => {
  const sections = sectionsOf({ s1: [], s2: [], d1: ['s1'], d2: ['s2'] }, byLetter);
  assert.is(sections.length, 2);
});

test('a thousand random graphs: every section is convex, connected and maximal, and they can run in order', () => {
  for (let trial = 0; trial < 1000; trial++) {
    const random = randomFor('sections', trial);
    const links: Record<string, string[]> = {};
    const count = 3 + random.integer(12);
    for (let index = 0; index < count; index++) {
      const earlier = Object.keys(links);
      const kind = index === 0 ? 's' : random.uniform() < 0.3 ? 'h' : 'd';
      links[`${kind}${index}`] = index === 0 ? [] : earlier.filter(() => random.uniform() < 0.35).slice(0, 4);
    }
    checkSections(links, sectionsOf(links, byLetter).map(({ stages }) => new Set(stages)), trial);
  }
});

function checkSections(links: Record<string, string[]>, sections: Set<string>[], trial: number): void {
  const devices = Object.keys(links).filter((name) => name.startsWith('d'));
  assert.equal(sections.flatMap((each) => [...each]).sort(), devices.sort(), `trial ${trial}: every device stage is in one section`);
  for (const section of sections) {
    assert.ok(isConvex(links, section), `trial ${trial}: ${[...section].join(' ')} is convex`);
    assert.ok(isConnected(links, section), `trial ${trial}: ${[...section].join(' ')} hangs together`);
  }
  const groups = [...sections, ...Object.keys(links).filter((name) => !name.startsWith('d')).map((name) => new Set([name]))];
  assert.ok(isAcyclic(links, groups), `trial ${trial}: sections do not wait for each other`);
  sections.forEach((section, index) => {
    const needed = ancestors(links, [...section]);
    sections.slice(index + 1).forEach((later) => assert.not.ok([...later].some((name) => needed.has(name)), `trial ${trial}: in order`));
  });
  for (const one of sections) {
    for (const other of sections) {
      if (one === other || !isConnected(links, new Set([...one, ...other]))) continue;
      const merged = groups.filter((group) => group !== one && group !== other).concat([new Set([...one, ...other])]);
      assert.not.ok(isAcyclic(links, merged), `trial ${trial}: ${[...one].join(' ')} and ${[...other].join(' ')} could be one`);
    }
  }
}

function ancestors(links: Record<string, string[]>, names: string[]): Set<string> {
  const found = new Set<string>();
  const visit = (name: string): void => links[name]!.forEach((from) => (found.has(from) ? undefined : (found.add(from), visit(from))));
  names.forEach(visit);
  return found;
}

function isConvex(links: Record<string, string[]>, group: Set<string>): boolean {
  const outside = Object.keys(links).filter((name) => !group.has(name));
  return outside.every((name) => {
    const above = ancestors(links, [name]);
    const isAboveGroup = [...group].some((member) => ancestors(links, [member]).has(name));
    return !([...group].some((member) => above.has(member)) && isAboveGroup);
  });
}

function isConnected(links: Record<string, string[]>, group: Set<string>): boolean {
  const [first] = group;
  const seen = new Set([first!]);
  for (let size = 0; size !== seen.size; ) {
    size = seen.size;
    for (const name of group) {
      const neighbours = [...links[name]!, ...Object.keys(links).filter((other) => links[other]!.includes(name))];
      if (neighbours.some((other) => group.has(other) && seen.has(other))) seen.add(name);
    }
  }
  return seen.size === group.size;
}

function isAcyclic(links: Record<string, string[]>, groups: Set<string>[]): boolean {
  const waiting = [...groups];
  while (waiting.length > 0) {
    const ready = waiting.findIndex((group) =>
      [...group].every((name) => links[name]!.every((from) => group.has(from) || !waiting.some((other) => other !== group && other.has(from)))),
    );
    if (ready < 0) return false;
    waiting.splice(ready, 1);
  }
  return true;
}

test.run();
