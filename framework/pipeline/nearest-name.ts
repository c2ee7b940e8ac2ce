import { distance } from 'fastest-levenshtein';

/** The name that a misspelt word most likely means, or undefined when none is near: two letters, or two in five, may differ. */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(word.length - 1, Math.max(2, Math.floor(word.length * 0.4))) + 0.5;
  for (const name of names) {
    const differing = distance(word.toLowerCase(), name.toLowerCase());
    if (differing < bestDistance) [best, bestDistance] = [name, differing];
  }
  return best;
}

/** `did you mean "align"?`, for the cure of an error; undefined when nothing is near. */
export function suggestion(word: string, names: Iterable<string>): string | undefined {
  const name = nearestName(word, names);
  return name === undefined ? undefined : `did you mean "${name}"?`;
}

/** Names as a list for people, shortened when long. */
export function listNames(names: Iterable<string>, most = 20): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  return all.length <= most ? all.join(', ') : `${all.slice(0, most).join(', ')} and ${all.length - most} more`;
}
