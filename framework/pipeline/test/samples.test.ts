/**
 * Each folder of `samples/` is one behaviour: a pipeline, and what must come of it. `FLOW_UPDATE_SAMPLES=1` writes the
 * expected files from what comes now; read the difference before it is committed.
 *
 * `settings.json`: what the command line adds. `expected-problems.txt`: the report. `expected-plan.txt`: the graph.
 * `expected-config.yaml`: the resolved document with origins. `expected-diff.txt`: `pipeline.yaml` against `other.yaml`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FlowError, FlowErrors } from '../../errors/flow-error.js';
import { renderProblems } from '../../errors/render-problems.js';
import { PluginRegistry } from '../../plugin/registry.js';
import { displayName } from '../compose.js';
import { renderConfig } from '../config.js';
import { describeText } from '../describe.js';
import { diffPlans, renderDiff } from '../diff.js';
import { loadPlan, type LoadOptions } from '../index.js';
import { plugin } from './signal-plugin.js';

const root = fileURLToPath(new URL('samples/', import.meta.url));
const registry = new PluginRegistry('0.1.0');
registry.register(plugin, new URL('signal-plugin.ts', import.meta.url).href);

for (const name of readdirSync(root).sort()) test(name, () => check(join(root, name)));

async function check(folder: string): Promise<void> {
  const expected = readdirSync(folder).filter((name) => name.startsWith('expected-'));
  assert.ok(expected.length > 0, 'a sample expects something');
  for (const name of expected) {
    const file = join(folder, name);
    const actual = neutral(await outcome(folder, name), folder);
    if (process.env['FLOW_UPDATE_SAMPLES'] === '1') writeFileSync(file, `${actual}\n`);
    assert.is(actual, readFileSync(file, 'utf8').trimEnd());
  }
}

async function outcome(folder: string, expected: string): Promise<string> {
  const load = (file: string) => loadPlan({ file: join(folder, file), registry, environment: {}, ...settingsOf(folder) });
  try {
    const plan = await load('pipeline.yaml');
    if (expected === 'expected-config.yaml') return renderConfig(plan, { origins: true });
    if (expected === 'expected-diff.txt') return renderDiff(diffPlans(plan, await load('other.yaml')));
    return expected === 'expected-plan.txt' ? describeText(plan).replace(/, graph \w+/, '') : 'no problem';
  } catch (error) {
    if (error instanceof FlowErrors) return renderProblems(error.problems);
    if (error instanceof FlowError) return renderProblems([error]);
    throw error;
  }
}

function settingsOf(folder: string): Partial<LoadOptions> {
  const file = join(folder, 'settings.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<LoadOptions>) : {};
}

/** The report without the folder in which the sample happens to lie. */
function neutral(text: string, folder: string): string {
  return text.replaceAll(`${displayName(folder)}/`, '').replaceAll(`${folder}/`, '').trimEnd();
}

test.run();
