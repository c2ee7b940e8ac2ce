/** What the plan holds, beyond what samples show as text. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FlowErrors, type FlowError } from '../../errors/flow-error.js';
import { PluginRegistry } from '../../plugin/registry.js';
import { renderConfig } from '../config.js';
import { describeMermaid, describeSvg } from '../describe.js';
import { loadPipeline, loadPlan } from '../index.js';
import type { Plan } from '../plan.js';
import { plugin } from './signal-plugin.js';

const registry = new PluginRegistry('0.1.0');
registry.register(plugin, import.meta.url);
const sample = (name: string): string => fileURLToPath(new URL(`samples/${name}/pipeline.yaml`, import.meta.url));
const full = sample('graph-used-twice-shares-one-scope');
const load = (set: string[] = [], file = full): Promise<Plan> => loadPlan({ file, set, registry, environment: {} });
const folder = mkdtempSync(join(tmpdir(), 'flow-pipeline-'));

test.after(() => rmSync(folder, { recursive: true }));

test('both uses of a graph have the graph in their scope, and their own names', async () => {
  const { stages } = await load();
  assert.is(stages.get('first/encode')!.scope, 'auto/encode');
  assert.is(stages.get('again/encode')!.scope, 'auto/encode');
  assert.is(stages.get('total')!.scope, 'total');
});

test('a use that names a set of variables has variables of its own, shared with uses that name the same set, also inside', async () => {
  const { stages, digest } = await load(['stages.again.variables=other']);
  assert.is(stages.get('first/encode')!.scope, 'auto/encode');
  assert.is(stages.get('again/encode')!.scope, 'other/auto/encode');
  assert.not.equal(digest, (await load()).digest);
  assert.is((await load(['stages.again.variables=other', 'stages.first.variables=other'])).stages.get('first/encode')!.scope, 'other/auto/encode');
  const nested = join(folder, 'nested.yaml');
  writeFileSync(nested, `flow: 1\nextends: ${full}\ngraphs: { outer: { in: [wave], stages: { inner: { graph: auto, in: { wave: $in.wave } } }, out: { wave: inner.wave } } }\n`
    + 'stages: { third: { graph: outer, variables: other, in: { wave: tone.wave } } }\n');
  assert.is((await load([], nested)).stages.get('third/inner/encode')!.scope, 'other/auto/encode');
  assert.match(renderConfig(await load(['stages.again.variables=other'])), /variables: other/);
});

test('a stage of a type names no set of variables', async () => {
  await load(['stages.tone.variables=other']).then(() => assert.unreachable(), (error: FlowErrors) => {
    assert.equal(error.problems.map(({ code }) => code), ['FLOW_SCHEMA']);
    assert.match(error.problems[0]!.message, /only the use of a graph/);
  });
});

test('a detached edge at a graph detaches what the graph makes of it', async () => {
  const { stages } = await load();
  assert.is(stages.get('again/encode')!.inputs['wave']!.detach, true);
  assert.is(stages.get('first/encode')!.inputs['wave']!.detach, false);
  assert.equal([...Object.keys(stages.get('total')!.inputs)], ['error', 'cycle'], 'inputs keep the order of the file');
});

test('an edge points at the line that connects the graph, not into the graph', async () => {
  const { stages } = await load();
  assert.is(stages.get('again/encode')!.inputs['wave']!.place.line, 14);
  assert.is(stages.get('first/decode')!.inputs['code']!.place.line, 9);
});

test('training needs the loss and its logs, validation needs metrics and sinks', async () => {
  const plan = await load();
  assert.equal(plan.trainGraph!.stages.filter((name) => name === 'write'), []);
  assert.ok(plan.validateGraph!.stages.includes('write'));
  assert.not.ok(plan.validateGraph!.stages.includes('total'));
  assert.equal(plan.trainGraph!.sections[0]!.outputs, ['total.loss', 'error.loss', 'cycle.loss', 'total.error', 'total.cycle'], 'weighted terms are logged');
  assert.is(plan.runGraph, undefined);
});

test('sources in validation have complete options', async () => {
  const { validate } = await load();
  assert.equal(validate!.sources, { tone: { samples: 64, split: 'test', noise: { level: 0 } } });
  assert.equal(validate!.best, { metric: 'error.loss', mode: 'min' });
});

test('the train block is complete', async () => {
  const { train } = await load(['train.decay={ factor: 0.9, every: epoch }', 'train.microBatch=2', 'train.learningRates={ auto.encode: 0.1 }']);
  const { place: _place, ...rest } = train!;
  assert.equal(rest, {
    loss: 'total.loss', optimizer: { learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, learningRates: { 'auto/encode': 0.1 },
    decay: { factor: 0.9, every: { epochs: 1 } }, clipNorm: 0, batch: 4, microBatch: 2, replicas: 1, stop: { steps: 100 },
    checkpoint: { everySteps: 200, keep: 3 }, onNonFinite: 'fail', log: ['error.loss', 'cycle.loss', 'total.loss', 'total.error', 'total.cycle'],
  });
});

test('the digest follows what is computed and nothing else', async () => {
  const { digest } = await load();
  for (const same of ['seed=3', 'workers=1', 'device=cpu', 'prefetch=0', 'batch=3', 'stages.tone.concurrency=2', 'params.width=16']) assert.is((await load([same])).digest, digest, same);
  const others = [
    'params.width=8', 'stages.total.with.weights.cycle=0.25', 'stages.again.in.wave=first.wave', 'train.stop.steps=3', 'train.loss=error.loss',
    'graphs.auto.stages.encode.trainable=false', 'resources.table.with.length=64.0', 'validate.source.split=train', 'stages.tone.onError=skip',
  ];
  const digests = await Promise.all(others.map(async (set) => (await load([set])).digest));
  assert.is(digests[6], digest, '64.0 is 64');
  assert.is(new Set(digests).size, others.length);
});

test('a plan is frozen', async () => {
  const plan = await load();
  const tone = plan.stages.get('tone')!;
  assert.throws(() => ((plan as { seed: number }).seed = 2), /read only/);
  assert.throws(() => ((tone.options as { samples: number }).samples = 2), /read only/);
  assert.throws(() => (plan.trainGraph!.stages as string[]).push('x'), /not extensible/);
});

test('the resolved configuration means the same plan', async () => {
  const plan = await load(['params.width=12', 'stages.tone.with.noise.level=0.5']);
  const file = join(folder, 'resolved.yaml');
  for (const origins of [false, true]) {
    writeFileSync(file, renderConfig(plan, { origins }));
    assert.is((await load([], file)).digest, plan.digest);
  }
});

test('weights lie beside the file that names them, and are found by graph and stage', async () => {
  writeFileSync(join(folder, 'w.safetensors'), '');
  writeFileSync(join(folder, 'weights.yaml'), `flow: 1\nextends: ${full}\nweights:\n  auto.encode: w.safetensors\n  auto: { from: run:first/best, strict: false }\n`);
  const { weights } = await load([], join(folder, 'weights.yaml'));
  assert.equal(weights.map(({ place: _place, ...rest }) => rest), [
    { target: 'auto/encode', from: join(folder, 'w.safetensors'), strict: true },
    { target: 'auto', from: 'run:first/best', strict: false },
  ]);
});

test('a missing file is one problem with exit code 2', async () => {
  const error = await load([], join(folder, 'nowhere.yaml')).then(() => undefined, (each: unknown) => each);
  assert.instance(error, FlowErrors);
  assert.equal((error as FlowErrors).problems.map(({ code }) => code), ['FLOW_FILE_MISSING']);
  assert.is((error as FlowErrors).exitCode, 2);
});

test('a plugin that the file names in vain is an error at its place', async () => {
  const file = join(folder, 'plugin.yaml');
  writeFileSync(file, `flow: 1\nplugins:\n  - ./nowhere.ts\nstages: {}\n`);
  const error = await loadPlan({ file, environment: {}, builtin: async () => [] }).then(() => undefined, (each: FlowError) => each);
  assert.is(error!.describe(), `FLOW_PLUGIN_LOAD [${join(folder, 'nowhere.ts')}] ${file}:3:5: the plugin that the pipeline names does not exist`);
});

test('loading takes milliseconds', async () => {
  await load();
  const started = performance.now();
  for (let run = 0; run < 10; run++) await load();
  assert.ok((performance.now() - started) / 10 < 50, `${(performance.now() - started) / 10} ms`);
});

test('the registry that checked the plan comes with it', async () => {
  const loaded = await loadPipeline({ file: full, registry, environment: {} });
  assert.is(loaded.registry, registry);
  assert.is(loaded.plan.name, 'pipeline');
});

test('drawings name every stage and mark what is detached', async () => {
  const plan = await load();
  const [mermaid, svg] = [describeMermaid(plan), describeSvg(plan)];
  for (const name of plan.stages.keys()) {
    assert.ok(mermaid.includes(`"${name}<br/>`), name);
    assert.ok(svg.includes(`>${name}</text>`), name);
  }
  assert.is(mermaid.match(/-\.->/g)?.length, 1);
  assert.is(svg.match(/stroke-dasharray/g)?.length, 1);
});

test.run();
