/** The runs that `flow compare` names, as a table. */
import { compareRuns, summariseRun, type Comparison } from '../run/compare.js';
import { formatComparison, type ComparisonFormat } from '../run/comparison-text.js';
import { findRun } from '../run/run-folder.js';

export interface CompareSettings {
  readonly format: string;
  readonly at: 'last' | 'best';
  readonly runs: string;
  readonly metrics?: RegExp;
}

/** A run that is named twice counts once. Throws FLOW_RUN_STATE when a name is no run. */
export function compareFolders(names: readonly string[], { format, at, runs, metrics }: CompareSettings): { comparison: Comparison; text: string } {
  const folders = names.map((name) => findRun(runs, name));
  const different = [...new Map(folders.map((folder) => [folder.path, folder])).values()];
  const comparison = compareRuns(different.map((folder) => summariseRun(folder, { at, ...(metrics && { metrics }) })));
  return { comparison, text: formatComparison(comparison, format as ComparisonFormat) };
}
