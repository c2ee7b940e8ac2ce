import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowError } from '../../index.js';
import { probeEngines, tf, useEngine } from '../index.js';

// Other files of this process try the engines that this machine has set up, and the adapters that its owner asks for.
const kept = { ...process.env };
const engines = mkdtempSync(join(tmpdir(), 'flow-engines-'));
test.before(() => {
  process.env['FLOW_ENGINES'] = engines;
  delete process.env['FLOW_WEBGPU'];
});
test.after(() => {
  for (const name of ['FLOW_ENGINES', 'FLOW_WEBGPU']) {
    if (kept[name] === undefined) delete process.env[name];
    else process.env[name] = kept[name];
  }
  rmSync(engines, { recursive: true });
});

test('auto takes the first engine that works', async () => {
  const present = (await probeEngines()).find((report) => report.present)!;
  assert.is((await useEngine('auto')).name, present.name);
});

test('wasm is there everywhere', async () => {
  const engine = await useEngine('wasm');
  assert.ok(engine.deterministic && engine.readsSynchronously);
  assert.match(engine.describe(), /^wasm \(SIMD, 1 thread, TensorFlow\.js 4\.22\.0\)$/);
  assert.is(tf.getBackend(), 'wasm');
});

test('engines can be changed back and forth', async () => {
  for (const name of ['cpu', 'wasm', 'cpu', 'wasm'] as const) {
    await useEngine(name);
    assert.is(tf.getBackend(), name);
    assert.is(tf.tidy(() => tf.ones([3]).sum().dataSync()[0]), 3);
  }
});

test('an absent engine is FLOW_DEVICE with a cure, an unknown one names all', async () => {
  const refusal = async (name: string): Promise<FlowError> => useEngine(name as never).then(() => assert.unreachable() as never, (error: FlowError) => error);
  const absent = await refusal('tensorflow');
  assert.is(absent.code, 'FLOW_DEVICE');
  assert.match(absent.message, 'it is not set up');
  assert.match(absent.fields.cure!, 'flow setup tensorflow');
  assert.match((await refusal('cuda')).describe(), /auto, tensorflow, webgpu, wasm, cpu/);
});

test('the probe reports every engine and restores the current one', async () => {
  await useEngine('cpu');
  const reports = await probeEngines('cpu');
  assert.equal(reports.map(({ name }) => name), ['tensorflow', 'webgpu', 'wasm', 'cpu']);
  assert.equal(reports.filter(({ name }) => name !== 'webgpu').map(({ present }) => present), [false, true, true]);
  assert.ok(reports.every((report) => (report.present ? report.description : report.reason && report.cure)));
  assert.is(tf.getBackend(), 'cpu');
});

test('wasm starts in a worker thread', async () => {
  const script = `
    (async () => {
    const { parentPort } = require('node:worker_threads');
    await import('tsx/esm/api').then(({ register }) => register());
    const { useEngine, tf } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)});
    await useEngine('wasm');
    parentPort.postMessage([tf.getBackend(), tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()[0])]);
    })();`;
  const worker = new Worker(script, { eval: true });
  const message = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  assert.equal(message, ['wasm', 3]);
});

test.run();
