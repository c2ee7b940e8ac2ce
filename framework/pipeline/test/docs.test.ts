/** `docs/pipelines.md` names every key of the file format, and its example is a pipeline that compiles. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PluginRegistry } from '../../plugin/registry.js';
import { loadPlan } from '../index.js';
import { PipelineSchema, StageSchema, TrainSchema, ValidateSchema, OnErrorSchema } from '../schema.js';
import { plugin } from './signal-plugin.js';

const page = readFileSync(new URL('../../../docs/pipelines.md', import.meta.url), 'utf8');
const registry = new PluginRegistry('0.1.0');
registry.register(plugin, import.meta.url);

const schemas = { 'top level': PipelineSchema, stage: StageSchema, onError: OnErrorSchema.anyOf[1], train: TrainSchema, validate: ValidateSchema };
for (const [name, schema] of Object.entries(schemas)) {
  test(`every key of the ${name} has a row`, () => {
    for (const key of Object.keys(schema.properties)) assert.ok(page.includes(`| \`${key}\` |`), key);
  });
}

test('the example compiles, and the ablation takes away what it says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flow-docs-'));
  const blocks = [...page.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1]!).filter((text) => text.includes('flow: 1'));
  assert.is(blocks.length, 2);
  writeFileSync(join(folder, 'train.yaml'), blocks[0]!);
  writeFileSync(join(folder, 'ablation.yaml'), blocks[1]!);
  const full = await loadPlan({ file: join(folder, 'train.yaml'), registry, environment: {} });
  const ablation = await loadPlan({ file: join(folder, 'ablation.yaml'), registry, environment: {} });
  assert.ok(full.stages.has('again/encode'));
  assert.not.ok(ablation.stages.has('again/encode'));
  rmSync(folder, { recursive: true });
});

test.run();
