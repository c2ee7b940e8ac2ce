/** A document as a tree in which every value and every key remembers the place where a person wrote it. */
import type { Place } from '../errors/flow-error.js';

export type Scalar = string | number | boolean | null;
export type Path = readonly (string | number)[];

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: Scalar;
  /** Where the value itself was written, when `place` only refers to it (`${params.size}`). */
  readonly definedAt?: Place;
  /** The value could not be made out, and the problem is reported: what follows from it is not a further one. */
  readonly refused?: true;
}

export interface ListNode {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly DocumentNode[];
}

export interface MapEntry {
  readonly key: Place;
  readonly value: DocumentNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export type DocumentNode = ScalarNode | ListNode | MapNode;

export type PlainValue = Scalar | PlainValue[] | { [key: string]: PlainValue };

/** The tree as plain data, without places. */
export function toPlain(node: DocumentNode): PlainValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toPlain);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toPlain(entry.value)]));
}

export function childOf(node: DocumentNode | undefined, key: string | number): DocumentNode | undefined {
  if (node?.kind === 'map') return node.entries.get(String(key))?.value;
  if (node?.kind === 'list') return node.items[Number(key)];
  return undefined;
}

/** A value that stands for one that could not be made out. */
export function refusedAt(place: Place): ScalarNode {
  return { kind: 'scalar', place, value: null, refused: true };
}

export function isRefused(node: DocumentNode | undefined): boolean {
  return node?.kind === 'scalar' && node.refused === true;
}

export function nodeAt(root: DocumentNode, path: Path): DocumentNode | undefined {
  return path.reduce<DocumentNode | undefined>(childOf, root);
}

/** Place of the value at a path, or of the nearest key above it that exists. */
export function placeOf(root: DocumentNode, path: Path): Place {
  const node = nodeAt(root, path);
  return node ? node.place : keyPlaceOf(root, path);
}

/** Place of the key at a path, or of the nearest key above it that exists; list items have no key, so their own place. */
export function keyPlaceOf(root: DocumentNode, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const parent = nodeAt(root, path.slice(0, length - 1));
    const last = path[length - 1]!;
    if (parent?.kind === 'map') {
      const entry = parent.entries.get(String(last));
      if (entry) return entry.key;
    }
    const item = parent?.kind === 'list' ? childOf(parent, last) : undefined;
    if (item) return item.place;
  }
  return root.place;
}

/** A copy of the map with one entry set. */
export function withEntry(map: MapNode, key: string, entry: MapEntry): MapNode {
  return { ...map, entries: new Map(map.entries).set(key, entry) };
}

/** A copy of the map without some entries. */
export function withoutEntries(map: MapNode, ...keys: readonly string[]): MapNode {
  return { ...map, entries: new Map([...map.entries].filter(([key]) => !keys.includes(key))) };
}

/** Place of every value by its dotted path; a value that came through a parameter has the parameter's place. */
export function originsOf(root: DocumentNode): Map<string, Place> {
  const origins = new Map<string, Place>();
  const visit = (node: DocumentNode, path: string): void => {
    if (path !== '') origins.set(path, node.kind === 'scalar' ? (node.definedAt ?? node.place) : node.place);
    const prefix = path === '' ? '' : `${path}.`;
    if (node.kind === 'list') node.items.forEach((item, index) => visit(item, `${prefix}${index}`));
    if (node.kind === 'map') node.entries.forEach((entry, key) => visit(entry.value, prefix + key));
  };
  visit(root, '');
  return origins;
}
