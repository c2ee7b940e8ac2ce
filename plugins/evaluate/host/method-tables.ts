import { writeFileAtomic } from '../../../framework/index.js';
import { effectsToMarkdown, methodsToMarkdown, summariesToCsv, summariesToJson, type Summaries } from './summary-text.js';

export interface MethodTables {
  readonly title: string;
  readonly methods: readonly string[];
  readonly samples: number;
  /** `method.metric`, and `difference.metric`. */
  readonly metrics: Summaries;
}

/** Writes `STEM.json`, `STEM.csv` and `STEM.md`: a table of methods, one by group where there are groups, one of differences. Throws FLOW_DISK. */
export function writeMethodTables(stem: string, { title, methods, samples, metrics }: MethodTables): void {
  const [ofMethod, ofGroup] = [(name: string) => methods.includes(name.slice(0, name.indexOf('.'))), (name: string) => name.endsWith(')')];
  const part = (wanted: (name: string) => boolean): Summaries => Object.fromEntries(Object.entries(metrics).filter(([name]) => wanted(name)));
  const rows = part((name) => ofMethod(name) && !ofGroup(name));
  const groups = part((name) => ofMethod(name) && ofGroup(name));
  const differences = part((name) => !ofMethod(name) && !ofGroup(name));
  const tables = [
    methodsToMarkdown(`## ${title}`, methods, rows), ...(Object.keys(groups).length > 0 ? [methodsToMarkdown('### By group', methods, groups)] : []),
    ...(Object.keys(differences).length > 0 ? [effectsToMarkdown('### Differences', differences)] : []),
  ];
  writeFileAtomic(`${stem}.json`, summariesToJson(samples, metrics));
  writeFileAtomic(`${stem}.csv`, summariesToCsv(metrics));
  writeFileAtomic(`${stem}.md`, tables.join('\n'));
}
