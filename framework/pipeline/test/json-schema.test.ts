/** The editor's schema accepts the files that load, refuses what would not, and completes what an editor asks for. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { PluginRegistry } from '../../plugin/registry.js';
import { editorSchema } from '../json-schema.js';
import { plugin } from './signal-plugin.js';

const registry = new PluginRegistry('0.1.0');
registry.register(plugin, import.meta.url);
const schema = editorSchema(registry);
const accepts = new Ajv({ allErrors: true, strict: false }).compile(schema);
const samples = fileURLToPath(new URL('samples/', import.meta.url));

/** What an editor sees: a reference between quotes, as other YAML tools want it. */
function read(name: string): unknown {
  const text = readFileSync(`${samples}${name}`, 'utf8');
  return parse(text.replace(/(?<=[ :[])\$\{[^{}\n]*\}(?=[ ,}\]])/g, '"$&"'), { merge: false });
}

for (const name of readdirSync(samples).filter((each) => readdirSync(samples + each).every((file) => file !== 'expected-problems.txt'))) {
  test(`accepts ${name}`, () => {
    for (const file of readdirSync(samples + name).filter((each) => each.endsWith('.yaml') && !each.startsWith('expected-') && each !== 'base.yaml')) {
      assert.ok(accepts(read(`${name}/${file}`)), JSON.stringify(accepts.errors?.slice(0, 3)));
    }
  });
}

for (const name of ['misspelt-option', 'unknown-stage-type', 'wrong-shape-of-the-file', 'train-block-does-not-fit']) {
  const wanted = name !== 'train-block-does-not-fit';
  test(`${wanted ? 'refuses' : 'leaves to the program'}: ${name}`, () => assert.is(accepts(read(`${name}/pipeline.yaml`)), !wanted));
}

test('a stage that only changes an option needs no type', () => {
  assert.ok(accepts({ flow: 1, extends: 'base.yaml', stages: { tone: { with: { samples: 3 } }, write: { $delete: true } } }));
});

test('options with a default are optional, and nested ones too', () => {
  assert.ok(accepts({ flow: 1, stages: { tone: { use: 'signal/tones', with: { noise: {} } } } }));
});

test('inputs are known by name, and further ones only where the type allows them', () => {
  assert.not.ok(accepts({ flow: 1, stages: { loud: { use: 'signal/scale', in: { wav: 'tone.wave' } } } }));
  assert.ok(accepts({ flow: 1, stages: { total: { use: 'signal/total', in: { anything: 'error.loss' } } } }));
});

test('types of plugins that are not at hand are left to the program', () => {
  assert.ok(accepts({ flow: 1, plugins: ['./mine.ts'], stages: { a: { use: 'mine/anything', with: { x: 1 } } } }));
  assert.not.ok(accepts({ flow: 1, stages: { a: { use: 'signal/anything' } } }));
});

test('types carry their summaries for completion', () => {
  const { stage } = schema['definitions'] as Record<string, { properties: { use: { anyOf: { const?: string; description?: string }[] } } }>;
  assert.ok(stage!.properties.use.anyOf.some((each) => each.const === 'signal/tones' && each.description === 'Tones.'));
});

test.run();
