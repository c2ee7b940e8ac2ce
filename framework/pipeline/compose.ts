/** Composition: several documents become one. Maps merge deep, everything else is replaced. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { Place } from '../errors/flow-error.js';
import { withoutEntries, type DocumentNode, type MapEntry, type MapNode } from './document.js';
import { suggestion } from './nearest-name.js';
import type { Problems } from './problems.js';
import { readMap } from './read-document.js';

/** The name of a file in places: relative to the working directory when it lies inside. */
export function displayName(file: string, workingFolder = process.cwd()): string {
  const path = relative(workingFolder, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}

/** Reads a pipeline file and all that it extends, merged: what it extends first, in order, then the file itself. */
export function composeFile(file: string, problems: Problems, namedAt?: Place, chain: readonly string[] = []): MapNode | undefined {
  const path = resolve(file);
  if (chain.includes(path)) {
    const circle = [...chain.slice(chain.indexOf(path)), path].map((each) => displayName(each));
    problems.add('FLOW_EXTENDS_CYCLE', { message: `${circle.join(' extends ')}`, where: namedAt, cure: 'remove one of these extends' });
    return undefined;
  }
  const text = readText(path, problems, namedAt);
  const own = text === undefined ? undefined : readMap(displayName(path), text, problems);
  if (!own) return undefined;
  let composed: MapNode | undefined;
  for (const base of extendedFiles(own, problems)) {
    const document = composeFile(resolve(dirname(path), base.name), problems, base.place, [...chain, path]);
    composed = composed && document ? merge(composed, document) : (composed ?? document);
  }
  const rest = withoutEntries(own, 'extends');
  return composed ? merge(composed, rest) : rest;
}

function readText(path: string, problems: Problems, namedAt: Place | undefined): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    problems.add('FLOW_FILE_MISSING', { message: `the pipeline file ${displayName(path)} ${reason}`, where: namedAt, cause });
    return undefined;
  }
}

function extendedFiles(document: MapNode, problems: Problems): { name: string; place: Place }[] {
  const node = document.entries.get('extends')?.value;
  if (!node) return [];
  const nodes = node.kind === 'list' ? node.items : [node];
  return nodes.flatMap((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string') return [{ name: item.value, place: item.place }];
    problems.add('FLOW_SCHEMA', { message: 'extends names a file or a list of files', where: item.place });
    return [];
  });
}

/**
 * The second document over the first. `$delete: true` in a map removes that key; `$replace: true` takes the map as it is
 * instead of merging. A `$replace`, and a `$delete` that finds nothing, stays, for a document further down: a profile of a file that
 * extends another is merged twice, with the other's profile and then over the document.
 */
export function merge(base: MapNode, over: MapNode): MapNode {
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [key, entry] of over.entries) {
    const below = base.entries.get(key)?.value;
    if (below && isMarked(entry.value, '$delete')) entries.delete(key);
    else entries.set(key, { key: entry.key, value: mergeValue(below, entry.value) });
  }
  return { kind: 'map', place: over.place, entries };
}

function mergeValue(below: DocumentNode | undefined, value: DocumentNode): DocumentNode {
  if (value.kind !== 'map') return value;
  if (isMarked(value, '$replace')) return value;
  return below?.kind === 'map' ? merge(below, value) : merge({ ...value, entries: new Map() }, value);
}

function isMarked(node: DocumentNode, mark: '$delete' | '$replace'): boolean {
  const value = node.kind === 'map' ? node.entries.get(mark)?.value : undefined;
  return value?.kind === 'scalar' && value.value === true;
}

/** Removes the `$replace` marks, and the `$delete` marks that found nothing to remove, with a problem for each of these. */
export function settleMarks(document: MapNode, problems: Problems): MapNode {
  const entries = new Map<string, MapEntry>();
  for (const [key, entry] of withoutEntries(document, '$replace').entries) {
    if (isMarked(entry.value, '$delete')) {
      const names = [...document.entries.keys()].filter((name) => name !== key);
      problems.add('FLOW_PARAM_UNKNOWN', { message: `$delete removes "${key}", which does not exist`, where: entry.key, cure: suggestion(key, names) });
    } else {
      entries.set(key, entry.value.kind === 'map' ? { key: entry.key, value: settleMarks(entry.value, problems) } : entry);
    }
  }
  return { ...document, entries };
}
