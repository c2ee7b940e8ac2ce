/** Whatever a person writes, the answer is a plan or a report with places: never another error. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import { FlowErrors } from '../../errors/flow-error.js';
import { renderProblems } from '../../errors/render-problems.js';
import { PluginRegistry } from '../../plugin/registry.js';
import { randomFor, type Random } from '../../values/random.js';
import { loadPlan } from '../index.js';
import { plugin } from './signal-plugin.js';

const registry = new PluginRegistry('0.1.0');
registry.register(plugin, import.meta.url);
const text = readFileSync(new URL('samples/graph-used-twice-shares-one-scope/pipeline.yaml', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'flow-fuzz-'));
const file = join(folder, 'pipeline.yaml');

test.after(() => rmSync(folder, { recursive: true }));

async function outcomeOf(content: string, label: string): Promise<'plan' | 'report'> {
  writeFileSync(file, content);
  try {
    await loadPlan({ file, registry, environment: {} });
    return 'plan';
  } catch (error) {
    assert.instance(error, FlowErrors, `${label}: ${(error as Error).stack}\n${content}`);
    const { problems } = error as FlowErrors;
    assert.ok(problems.length > 0);
    for (const { fields } of problems) assert.ok(fields.where && fields.where.line >= 1 && fields.where.column >= 1, `${label}: ${fields.message}`);
    assert.not.match(renderProblems(problems), /undefined|NaN|\[object/, label);
    return 'report';
  }
}

const strange: unknown[] = [null, true, 0, -1, 1.5, '', 'tone.wave', 'first.wave', '$in.wave', '${params.width}', '${params.none}', '.', [], ['x'], {}, { from: 'x.y' }, { $delete: true }, { use: 'signal/mix' }];

/** Replaces, removes, adds or renames something at a random place of the document. */
function mutate(node: unknown, random: Random): unknown {
  if (typeof node !== 'object' || node === null || random.uniform() < 0.12) return strange[random.integer(strange.length)];
  const keys = Object.keys(node);
  if (Array.isArray(node)) return node.map((item, index) => (index === random.integer(node.length) ? mutate(item, random) : (item as unknown)));
  const copy: Record<string, unknown> = { ...node };
  const key = keys[random.integer(keys.length)] ?? 'x';
  const action = random.uniform();
  if (action < 0.15) delete copy[key];
  else if (action < 0.25) copy[`${key}x`] = copy[key];
  else copy[key] = mutate(copy[key], random);
  return copy;
}

test('two hundred documents with one to three faults', async () => {
  const source = parse(text.replace(/: (\$\{[^}]*\})/g, ': "$1"')) as unknown;
  const outcomes = { plan: 0, report: 0 };
  for (let trial = 0; trial < 200; trial++) {
    const random = randomFor('fuzz', trial);
    let document = source;
    for (let faults = 1 + random.integer(3); faults > 0; faults--) document = mutate(document, random);
    outcomes[await outcomeOf(stringify(document), `trial ${trial}`)]++;
  }
  assert.ok(outcomes.report > 100 && outcomes.plan > 4, JSON.stringify(outcomes));
});

test('a hundred texts with a damaged letter', async () => {
  for (let trial = 0; trial < 100; trial++) {
    const random = randomFor('letters', trial);
    const at = random.integer(text.length);
    const letter = '{}[]:,"\'$&*!|>-\t\n x'[random.integer(19)]!;
    await outcomeOf(text.slice(0, at) + letter + text.slice(at + random.integer(3)), `trial ${trial}`);
  }
});

test.run();
