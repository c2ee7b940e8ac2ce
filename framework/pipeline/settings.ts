/** What stands above the files: the chosen profile, the environment and the command line, in this order. */
import { nodeAt, withEntry, type DocumentNode, type MapNode } from './document.js';
import type { Place } from '../errors/flow-error.js';
import { merge } from './compose.js';
import { listNames, suggestion } from './nearest-name.js';
import type { Problems } from './problems.js';
import { readDocument, scalarFromText } from './read-document.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Top-level numbers and words that `FLOW_SEED`, `FLOW_DEVICE` … set. */
const environmentKeys = ['seed', 'device', 'workers', 'batch', 'prefetch'] as const;

/** Maps whose keys are names that a person gave: a setting may change them, never add one. */
const namedMaps = [/^params$/, /^profiles$/, /^resources$/, /^graphs$/, /^stages$/, /^graphs\.[^.]+\.stages$/];

/** Merges the profile that the command line or the file chooses over the document, and drops the others. */
export function applyProfile(document: MapNode, chosen: string | undefined, problems: Problems): MapNode {
  const named = document.entries.get('profile')?.value;
  const name = chosen ?? (named?.kind === 'scalar' ? named.value : undefined);
  if (name === undefined || name === null) return document;
  const profiles = document.entries.get('profiles')?.value;
  const known = profiles?.kind === 'map' ? profiles.entries : new Map<string, never>();
  const profile = known.get(String(name))?.value;
  if (profile?.kind === 'map') return merge(document, profile);
  problems.add('FLOW_PARAM_UNKNOWN', {
    message: profile ? `the profile "${name}" is not a map` : `there is no profile "${name}"`,
    where: profile?.place ?? (chosen === undefined ? named?.place : undefined),
    expected: `one of ${listNames(known.keys())}`,
    cure: suggestion(String(name), known.keys()),
  });
  return document;
}

/** `FLOW_SEED`, `FLOW_DEVICE`, … and `FLOW_PARAM_<NAME>` for the parameter `name`. */
export function applyEnvironment(document: MapNode, environment: Environment, problems: Problems): MapNode {
  const params = nodeAt(document, ['params']);
  const paramNames = params?.kind === 'map' ? [...params.entries.keys()] : [];
  const settings = [
    ...environmentKeys.map((key) => ({ variable: `FLOW_${key.toUpperCase()}`, path: key })),
    ...paramNames.map((name) => ({ variable: `FLOW_PARAM_${upperSnake(name)}`, path: `params.${name}` })),
  ].filter(({ variable }) => environment[variable] !== undefined);
  return settings.reduce((result, { variable, path }) => {
    return applySetting(result, { prefix: `environment ${variable}=`, path, keyColumn: 13, value: environment[variable]! }, problems);
  }, document);
}

/** `--NAME value` for a parameter. */
export function applyParams(document: MapNode, params: Readonly<Record<string, string>>, problems: Problems): MapNode {
  return Object.entries(params).reduce((result, [name, value]) => {
    return applySetting(result, { prefix: `--${name} `, path: `params.${name}`, keyColumn: 1, value }, problems);
  }, document);
}

/** `--set path=value`. The value is YAML: a number, a word, `{ steps: 3 }`. */
export function applySettings(document: MapNode, settings: readonly string[], problems: Problems): MapNode {
  return settings.reduce((result, setting) => {
    const equals = setting.indexOf('=');
    const path = setting.slice(0, equals);
    if (equals > 0) return applySetting(result, { prefix: `--set ${path}=`, path, keyColumn: 7, value: setting.slice(equals + 1) }, problems);
    problems.add('FLOW_PARAM_UNKNOWN', { message: `--set takes path=value, got "${setting}"`, cure: 'for instance --set train.batch=4' });
    return result;
  }, document);
}

interface Setting {
  /** What stands before the value, for places: the setting itself serves as the name of its file. */
  readonly prefix: string;
  readonly keyColumn: number;
  readonly path: string;
  readonly value: string;
}

function applySetting(document: MapNode, { prefix, keyColumn, path, value }: Setting, problems: Problems): MapNode {
  const keys = splitPath(document, path);
  const key = { file: prefix + value, line: 1, column: keyColumn };
  const place = { ...key, column: prefix.length + 1 };
  const node = valueNode(nodeAt(document, keys), keys[0] === 'params', value, place, problems);
  const set = (map: MapNode, depth: number): MapNode => {
    const name = keys[depth]!;
    const existing = map.entries.get(name);
    const above = keys.slice(0, depth).join('.');
    const last = depth === keys.length - 1;
    if (!existing && namedMaps.some((pattern) => pattern.test(above))) {
      problems.add('FLOW_PARAM_UNKNOWN', unknownKey(name, above, map, key));
      return map;
    }
    if (last) return withEntry(map, name, { key, value: node });
    const below = existing?.value ?? { kind: 'map', place, entries: new Map() };
    if (below.kind === 'map') return withEntry(map, name, { key: existing?.key ?? key, value: set(below, depth + 1) });
    problems.add('FLOW_PARAM_UNKNOWN', { message: `"${keys.slice(0, depth + 1).join('.')}" holds no further keys`, where: key, also: below.place });
    return map;
  };
  return set(document, 0);
}

/** A parameter whose default is text stays text (`--photo 2024`), one without default or with a reference is a word; the rest is YAML. */
function valueNode(before: DocumentNode | undefined, isParam: boolean, value: string, place: Place, problems: Problems): DocumentNode {
  const isText = before?.kind === 'scalar' && typeof before.value === 'string';
  const isOpen = before?.kind === 'scalar' && (before.value === null || (isText && String(before.value).includes('${')));
  if (isParam && isText && !isOpen) return { kind: 'scalar', place, value };
  if (isParam && isOpen) return { kind: 'scalar', place, value: scalarFromText(value) };
  return readDocument(place.file, value, problems, place) ?? { kind: 'scalar', place, value: '' };
}

function unknownKey(name: string, above: string, map: MapNode, where: Place) {
  const what = above === 'params' ? `there is no parameter "${name}"` : `there is no "${name}" in ${above || 'the pipeline'}`;
  return { message: what, where, expected: `one of ${listNames(map.entries.keys())}`, cure: suggestion(name, map.entries.keys()) };
}

/** Splits a dotted path; keys that hold dots themselves (`weights.reconstruct.regress`) are found in the document. */
function splitPath(document: MapNode, path: string): string[] {
  const words = path.split('.');
  const keys: string[] = [];
  let node: DocumentNode | undefined = document;
  while (words.length > 0) {
    let count = 1;
    if (node?.kind === 'map') {
      const { entries } = node;
      for (let length = words.length; length > 1; length--) {
        if (entries.has(words.slice(0, length).join('.'))) {
          count = length;
          break;
        }
      }
    }
    const key = words.splice(0, count).join('.');
    node = node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
    keys.push(key);
  }
  return keys;
}

/** `maxSteps` → `MAX_STEPS`. */
function upperSnake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('-', '_').toUpperCase();
}
