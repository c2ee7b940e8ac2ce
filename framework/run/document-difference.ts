/** Differences between resolved pipeline documents, by dotted path. */

/** Leaf values as JSON text, by dotted path. Lists count as leaves. */
export type FlatDocument = ReadonlyMap<string, string>;

/** Every leaf of a document by its dotted path, as text. */
export function flattenDocument(document: unknown): FlatDocument {
  const flat = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const entries = Object.entries(value);
      if (entries.length) return entries.forEach(([key, below]) => visit(below, path ? `${path}.${key}` : key));
    }
    if (value !== undefined) flat.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  };
  visit(document, '');
  return flat;
}

/**
 * Paths at which the documents differ. Where a document lacks a whole subtree, the subtree's own path stands for all of
 * it; where a value stands against a subtree, its path.
 */
export function differingPaths(documents: readonly FlatDocument[]): string[] {
  const all = new Set(documents.flatMap((document) => [...document.keys()]));
  const found = new Set<string>();
  for (const path of all) {
    const values = new Set(documents.map((document) => document.get(path)));
    if (values.size > 1) found.add(highestAbsence(path, documents));
  }
  return [...found].sort();
}

/** The shortest prefix of a path that some document lacks altogether, else the path. */
function highestAbsence(path: string, documents: readonly FlatDocument[]): string {
  const parts = path.split('.');
  for (let length = 1; length < parts.length; length++) {
    const prefix = parts.slice(0, length).join('.');
    if (documents.some((document) => !reaches(document, prefix))) return prefix;
  }
  return path;
}

/** The value at a path as text; `present` for a subtree, `absent` for nothing. */
export function valueAt(document: FlatDocument, path: string): string {
  return document.get(path) ?? (reaches(document, path) ? 'present' : 'absent');
}

function reaches(document: FlatDocument, path: string): boolean {
  for (const known of document.keys()) if (known === path || known.startsWith(`${path}.`)) return true;
  return false;
}
