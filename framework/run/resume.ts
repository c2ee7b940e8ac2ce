/** May this plan go on with that run? Only what cannot change the steps already taken may differ. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { FlowError } from '../errors/flow-error.js';
import type { Plan } from '../pipeline/plan.js';
import { differingPaths, flattenDocument, valueAt } from './document-difference.js';
import type { RunFolder } from './run-folder.js';
import { versionsOf } from './run-record.js';

/** How long a run lasts, how often it saves, how it is served and by how many threads do not change its steps. */
const harmless = /^(params|workers|prefetch|train\.stop|train\.checkpoint|train\.replicas)(\.|$)/;

/** Throws FLOW_RUN_STATE listing what differs; returns the harmless differences as lines for people. */
export function checkResumable(folder: RunFolder, plan: Plan): string[] {
  const record = folder.readRecord();
  const stored = flattenDocument(parse(readFileSync(folder.file('pipeline.yaml'), 'utf8')));
  const present = flattenDocument(plan.document);
  const lines = differingPaths([stored, present]).map((path) => ({ path, line: `${path}: ${valueAt(stored, path)} → ${valueAt(present, path)}` }));
  const harmful = lines.filter(({ path }) => !harmless.test(path)).map(({ line }) => line);
  if (record.planDigest !== plan.digest && lines.length === 0) harmful.push(...changedVersions(record.versions, versionsOf(plan)));
  if (harmful.length > 0) {
    throw new FlowError('FLOW_RUN_STATE', {
      message: `The run "${folder.name}" was made by another pipeline than the one given now.`, who: folder.name,
      expected: `the pipeline of ${folder.file('pipeline.yaml')}`, got: harmful.join('\n            '),
      cure: 'Resume with the same file, profile and settings, or start a new run and load the weights with `weights:`.',
    });
  }
  return lines.map(({ line }) => line);
}

function changedVersions(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => before[name] !== now[name]);
  if (names.length === 0) return ['the code of a stage type: its version was raised'];
  return names.map((name) => `version of ${name}: ${before[name] ?? 'absent'} → ${now[name] ?? 'absent'}`);
}
