import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../index.js';
import { newPlugin } from '../new-plugin.js';

const example = fileURLToPath(new URL('../../example/', import.meta.url));
const pipeline = join(example, 'pipeline.yaml');
const folder = mkdtempSync(join(tmpdir(), 'flow-cli-'));
// The commands of these sources, whether or not they have been built.
file('package.json', JSON.stringify({ name: 'faceflow', version: '0.1.0', oclif: { bin: 'flow' } }));
test.after(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
}

/** A command as the terminal sees it, without a process of its own. */
async function flow(name: keyof typeof commands, ...argv: string[]): Promise<Ran> {
  const written = { out: '', error: '' };
  const [write, writeError] = [process.stdout.write, process.stderr.write];
  process.stdout.write = ((text: string) => ((written.out += text), true)) as typeof write;
  process.stderr.write = ((text: string) => ((written.error += text), true)) as typeof writeError;
  try {
    await commands[name].run(argv, { root: folder });
    return { exitCode: 0, ...written };
  } catch (error) {
    const { oclif, message } = error as Error & { oclif?: { exit?: number } };
    return { exitCode: oclif?.exit ?? 1, out: written.out, error: `${written.error}${message}` };
  } finally {
    [process.stdout.write, process.stderr.write] = [write, writeError];
  }
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('check counts what it checked, and as JSON gives the digest', async () => {
  const { exitCode, out } = await flow('check', pipeline);
  assert.is(exitCode, 0);
  assert.match(out, /pipeline\.yaml: 13 stages, 0 resources, \d+ device sections?, no problem found\./);
  assert.not.match(out, 'warning');
  const facts = JSON.parse((await flow('check', pipeline, '--json')).out) as Record<string, unknown>;
  assert.equal([facts.pipeline, facts.stages, facts.unused], ['pipeline', 13, []]);
  assert.match(String(facts.digest), /^[0-9a-f]{64}$/);
});

test('check warns of stages whose results go nowhere; a use of a graph is named once', async () => {
  const idle = file('idle.yaml', `flow: 1\nextends: ${pipeline}\nstages:\n  total: { in: { second: error.value } }\n  smoothness: { $delete: true }\n`);
  const { exitCode, out } = await flow('check', idle);
  assert.is(exitCode, 0);
  assert.match(out, 'warning: nothing needs jitter, moved: no loss, metric or sink reads what comes of it.');
});

test('check reports every problem with its place and exits with 2; --json gives them as fields', async () => {
  const wrong = file('wrong.yaml', `flow: 1\nextends: ${pipeline}\nstages:\n  standardise: { with: { siez: 4 } }\n  extra: { use: toy-regression/hiden }\n`);
  const text = await flow('check', wrong);
  assert.is(text.exitCode, 2);
  assert.match(text.error, /wrong\.yaml:4:\d+/);
  assert.match(text.error, 'did you mean "size"?');
  assert.match(text.error, 'FLOW_STAGE_UNKNOWN');
  assert.match(text.error, '2 problems');
  const json = await flow('check', wrong, '--json');
  const { errors } = JSON.parse(json.out) as { errors: { code: string }[] };
  assert.is(json.exitCode, 2);
  assert.equal(errors.map(({ code }) => code).sort(), ['FLOW_OPTION', 'FLOW_STAGE_UNKNOWN']);
});

test('parameters of the pipeline are flags, and what does not exist is refused', async () => {
  assert.match((await flow('config', pipeline, '--steps', '12')).out, 'steps: 12');
  assert.is((await flow('config', pipeline, '--stpes', '12')).exitCode, 2);
  assert.is((await flow('config', pipeline, '--set', 'train.bacth=4')).exitCode, 2);
  assert.match((await flow('config', pipeline, '--set', 'train.batch=8', '--origins')).out, /batch: 8 # --set/);
});

test('graph draws text, Mermaid and SVG', async () => {
  assert.match((await flow('graph', pipeline)).out, /train: total\.loss/);
  assert.match((await flow('graph', pipeline, '--format', 'mermaid')).out, /^flowchart TD/);
  assert.match((await flow('graph', pipeline, '--format', 'svg')).out, /^<svg [\s\S]*<\/svg>\s*$/);
});

test('diff says what another pipeline changes', async () => {
  const other = file('other.yaml', `flow: 1\nextends: ${pipeline}\ntrain: { clip: { norm: 1 } }\n`);
  const { out } = await flow('diff', pipeline, other);
  assert.match(out, /train\.clip.*5 → 1/);
});

test('schema is JSON Schema of a pipeline file', async () => {
  const { properties } = JSON.parse((await flow('schema')).out) as { properties: Record<string, unknown> };
  for (const key of ['flow', 'stages', 'train', 'validate']) assert.ok(properties[key], key);
});

test('inspect and compare name what they do not find', async () => {
  const type = await flow('inspect', 'nothing/here');
  assert.equal([type.exitCode, /FLOW_STAGE_UNKNOWN/.test(type.error)], [2, true]);
  const run = await flow('compare', 'nothing/here', '--runs', folder);
  assert.equal([run.exitCode, /FLOW_RUN_STATE|FLOW_FILE_MISSING/.test(run.error)], [2, true]);
});

test('compare counts a run once, however often it is named', async () => {
  const path = join(folder, 'runs', 'wave', 'one');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'run.json'), '{}');
  writeFileSync(join(path, 'pipeline.yaml'), 'seed: 1\n');
  writeFileSync(join(path, 'metrics.jsonl'), `${JSON.stringify({ step: 1, values: { 'error.loss': 0.5 } })}\n`);
  const { out } = await flow('compare', 'wave/one', path, '--runs', join(folder, 'runs'), '--format', 'csv');
  assert.equal(out.trim().split('\n').slice(1), ['wave,one,1,0.5,,1']);
});

test('explain says what is cached and why not; cache and quarantine say what is there', async () => {
  const before = process.env.FLOW_CACHE;
  process.env.FLOW_CACHE = join(folder, 'cache');
  try {
    const runs = join(folder, 'toy-runs');
    assert.match((await flow('explain', pipeline)).out, /standardise +toy-regression\/standardise +not cached \(\d+ ms\): the cache holds nothing of this stage type/);
    const ran = await flow('run', pipeline, '--steps', '1', '--runs', runs, '--name', 'toy', '--device', 'wasm', '--json');
    assert.is(ran.exitCode, 0, ran.error);
    // A batch is a mixed selection: one of its samples. Those of the other split are cached too, and explain follows the training's.
    const cached = JSON.parse((await flow('cache', 'list', '--json')).out) as { note: { sample: string } }[];
    const sample = cached.map(({ note }) => note.sample).find((name) => Number(name.split('-')[1]) % 4 !== 3)!;
    const { stages } = JSON.parse((await flow('explain', pipeline, sample, '--json')).out) as { stages: { stage: string; state: string; key: string }[] };
    assert.equal(stages.map(({ stage, state }) => [stage, state]), [['place', 'source'], ['height', 'source'], ['standardise', 'cached']]);
    const keyed = await flow('explain', pipeline, sample, '--keys');
    assert.match(keyed.out, new RegExp(`key ${stages[2]!.key}\\n.*\\n +options {"size":4}\\n +input place [0-9a-f]{16}`));
    assert.match((await flow('explain', pipeline, sample, '--set', 'stages.standardise.with.size=5')).out, 'the nearest entry differs in option size (4, now 5)');
    assert.is((await flow('explain', pipeline, 'nobody')).exitCode, 2);
    assert.match((await flow('cache')).out, /\d+ entries, [\d.]+ KiB of at most 4 GiB\n +toy-regression\/standardise version 1/);
    assert.match((await flow('cache', 'list', '--limit', '1')).out, /^[0-9a-f]{12} .* toy-regression\/standardise 1 /);
    assert.match((await flow('cache', 'verify')).out, /\d+ entries read, 0 were damaged/);
    assert.match((await flow('cache', 'prune', '--size', '1kB')).out, /\d+ entries removed, (\d+) B left/);
    assert.is((await flow('cache', 'prune', '--size', 'little')).exitCode, 2);
    await flow('cache', 'clear');
    assert.match((await flow('cache')).out, ': 0 entries, 0 B of');
    assert.match((await flow('quarantine', 'pipeline/toy', '--runs', runs)).out, 'pipeline/toy: 0 samples refused');
    file('toy-runs/pipeline/toy/quarantine.jsonl', ['a', 'b\nc'].map((key) => `${JSON.stringify({ key, stage: 'photo', code: 'FLOW_SAMPLE', reason: 'photo-empty', message: 'It is empty.' })}\n`).join(''));
    assert.match((await flow('quarantine', 'pipeline/toy', '--runs', runs)).out, / 2 {2}photo: photo-empty, such as a/);
    assert.equal((await flow('quarantine', 'pipeline/toy', '--runs', runs, '--list', '--reason', 'photo-empty')).out.trim().split('\n')[1], 'b\\nc\tphoto\tphoto-empty\tIt is empty.');
  } finally {
    if (before === undefined) delete process.env.FLOW_CACHE;
    else process.env.FLOW_CACHE = before;
  }
});

test('setup: an engine that is not there is FLOW_SETUP with its cure, and there is nothing to remove', async () => {
  const kept = process.env['FLOW_ENGINES'];
  process.env['FLOW_ENGINES'] = join(folder, 'engines');
  try {
    const { exitCode, error } = await flow('setup', 'tensorflow', '--verify');
    assert.is(exitCode, 5);
    assert.match(error, /FLOW_SETUP \[tensorflow\].*not set up[^]*flow setup tensorflow/);
    assert.match((await flow('setup', 'tensorflow', '--remove')).out, 'no engine to remove');
    assert.is.not((await flow('setup', 'cuda')).exitCode, 0);
  } finally {
    if (kept === undefined) delete process.env['FLOW_ENGINES'];
    else process.env['FLOW_ENGINES'] = kept;
  }
});

test('doctor says which engines work', async () => {
  type Operator = { operator: string; engines: Record<string, { kernel: string; gradient: string }> };
  const { engines, auto, operators } = JSON.parse((await flow('doctor', '--json')).out) as { engines: { name: string; present: boolean }[]; auto: string; operators: Operator[] };
  assert.ok(engines.find(({ name }) => name === auto)!.present);
  assert.ok(engines.find(({ name }) => name === 'cpu')!.present);
  const on = (wanted: string): Operator['engines'] => operators.find(({ operator }) => operator === wanted)!.engines;
  assert.equal(on('conv2d')['wasm'], { kernel: 'stock', gradient: 'ours' });
  assert.is(on('mirrorPad')['cpu']!.gradient, 'fenced');
});

test('doctor with a pipeline says what a training step takes', async () => {
  const { out } = await flow('doctor', pipeline, '--device', 'wasm');
  assert.match(out, /Gradient switched off[^]* mirrorPad /);
  assert.match(out, /pipeline on wasm: fits with its micro-batch of \d+ \(0\.\d MiB and 0\.\d MiB a sample, of 3\.25 GiB/);
});

test('new plugin fills in the name, and touches nothing that is there', async () => {
  const made = await newPlugin('tone', folder);
  const path = join(folder, 'flow-plugin-tone');
  assert.match(readFileSync(join(path, 'src', 'plugin.ts'), 'utf8'), "name: 'tone'");
  assert.is(JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).name, made.split('/').at(-1));
  for (const name of ['tone', 'Not A Name']) {
    const error = await newPlugin(name, folder).catch((reason: unknown) => reason);
    assert.ok(error instanceof Error, name);
  }
});

test.run();
