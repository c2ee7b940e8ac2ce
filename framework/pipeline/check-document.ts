/** Checks a composed document against the schema of pipeline files, and keeps what is right so that later checks can go on. */
import { isRefused, keyPlaceOf, nodeAt, placeOf, toPlain, withoutEntries, type MapNode, type Path } from './document.js';
import type { Problems } from './problems.js';
import { compositionKeys, PipelineSchema, profileKeys, type PipelineDocument } from './schema.js';
import { listNames, suggestion } from './nearest-name.js';
import { validate, whereabouts } from './validate.js';

export interface CheckedDocument {
  readonly root: MapNode;
  /** Without what was wrong. */
  readonly document: PipelineDocument;
  /** Keys and `section.name` pairs that were taken out: what refers to them is not a further problem. */
  readonly broken: ReadonlySet<string>;
}

/** Refuses what no profile may hold; the rest of a profile is checked where it is used. */
export function checkProfiles(root: MapNode, problems: Problems): void {
  const profiles = root.entries.get('profiles')?.value;
  if (profiles?.kind !== 'map') return;
  for (const [name, { value }] of profiles.entries) {
    if (value.kind !== 'map') continue;
    for (const [key, { key: where }] of value.entries) {
      if (profileKeys.includes(key)) continue;
      problems.add('FLOW_SCHEMA', { message: `unknown key "${key}" in the profile ${name}`, where, expected: `one of ${listNames(profileKeys)}`, cure: suggestion(key, profileKeys) });
    }
  }
}

export function checkDocument(composed: MapNode, problems: Problems): CheckedDocument {
  const root = withoutEntries(composed, ...compositionKeys);
  const plain = toPlain(root) as Record<string, unknown>;
  const broken = new Set<string>();
  for (const problem of validate(PipelineSchema, plain)) {
    if (!isRefused(nodeAt(root, problem.path))) problems.add('FLOW_SCHEMA', {
      message: problem.message + whereabouts(problem),
      where: problem.inside ? keyPlaceOf(root, problem.path) : placeOf(root, problem.path),
      expected: problem.expected,
      got: problem.got,
      cure: problem.cure,
    });
    if (problem.message.startsWith('unknown key')) removeAt(plain, problem.path);
    else broken.add(takeOut(plain, problem.path));
  }
  if (typeof plain['stages'] !== 'object') plain['stages'] = {};
  return { root, document: plain as unknown as PipelineDocument, broken };
}

/** Keys of a stage without which the rest of the graph can still be checked. */
const separableKeys = ['onError', 'trainable', 'concurrency', 'cache', 'every'];

/** The smallest part of the document that makes no sense without the value: a key, a stage, a resource, or a whole block. */
function takeOut(plain: Record<string, unknown>, path: Path): string {
  const [section, , key] = path;
  const named = ['stages', 'resources', 'graphs'].includes(String(section)) && path.length > 1;
  const part = path.slice(0, !named ? 1 : section === 'stages' && separableKeys.includes(String(key)) ? 3 : 2);
  if (part.length > 0) removeAt(plain, part);
  return part.join('.');
}

function removeAt(plain: Record<string, unknown>, path: Path): void {
  let parent: unknown = plain;
  for (const key of path.slice(0, -1)) parent = (parent as Record<string | number, unknown> | undefined)?.[key];
  if (typeof parent === 'object' && parent !== null && !Array.isArray(parent)) delete (parent as Record<string | number, unknown>)[path[path.length - 1]!];
}
