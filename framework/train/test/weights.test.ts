import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine } from '../../device/index.js';
import { encodeSafetensors } from '../../device/safetensors.js';
import type { FlowError } from '../../errors/flow-error.js';
import { createRunFolder } from '../../run/run-folder.js';
import { float32 } from '../../values/host-tensor.js';
import { openCheckpoints } from '../checkpoint.js';
import type { NamedVariable } from '../program.js';
import { describeLoad, exportWeights, loadWeights } from '../weights.js';

const root = mkdtempSync(join(tmpdir(), 'flow-weights-'));
test.before(async () => void (await useEngine('cpu')));
test.after(() => rmSync(root, { recursive: true }));

const place = { file: join(root, 'p.yaml'), line: 4, column: 2 };

function variables(): NamedVariable[] {
  return ['reconstruct/regress/conv/kernel', 'reconstruct/regress/bias', 'head/bias'].map((name) => ({ name, variable: tf.variable(tf.tensor([1, 2])), trainable: true }));
}

const valuesOf = (list: NamedVariable[]): number[] => list.flatMap(({ variable }) => [...variable.dataSync()]);

test('names match in full or below leading scopes; other scopes stay as they are', () => {
  writeFileSync(join(root, 'short.safetensors'), encodeSafetensors(new Map([
    ['regress/conv/kernel', float32([5, 6], [2])], ['reconstruct/regress/bias', float32([7, 8], [2])], ['bias', float32([0, 0], [2])], ['head/bias', float32([9, 9], [2])],
  ])));
  const list = variables();
  const report = loadWeights({ target: 'reconstruct/regress', from: 'short.safetensors', strict: true, place }, list, root);
  assert.equal(valuesOf(list), [5, 6, 7, 8, 1, 2]);
  assert.equal(report.unused, ['bias', 'head/bias']);
  assert.match(describeLoad(report), /2 of 2 variables, 2 in the file unused/);
});

test('strict refuses what is missing or of another shape, partial loads the rest and says so', () => {
  writeFileSync(join(root, 'odd.safetensors'), encodeSafetensors(new Map([['conv/kernel', float32([5, 6], [2])], ['regress/bias', float32([1], [1])]])));
  const list = variables();
  const plan = { target: 'reconstruct/regress', from: 'odd.safetensors', place };
  assert.throws(() => loadWeights({ ...plan, strict: true }, list, root), (error: FlowError) =>
    error.code === 'FLOW_WEIGHTS' && error.fields.where === place && /shape \[1\] instead of \[2\]/.test(error.describe()));
  assert.equal(valuesOf(list), [1, 2, 1, 2, 1, 2]);
  const report = loadWeights({ ...plan, strict: false }, list, root);
  assert.equal(report.matched, ['reconstruct/regress/conv/kernel']);
  assert.is(report.missing.length, 1);
  assert.throws(() => loadWeights({ ...plan, target: 'absent', strict: false }, list, root), /No variable lies under "absent"/);
});

test('run:NAME/best and run:NAME/last', () => {
  const folder = createRunFolder(join(root, 'runs'), 'toy', 'mine');
  folder.writeRecord({} as never);
  const checkpoints = openCheckpoints(folder.checkpoints, 1);
  const load = (from: string, list: NamedVariable[]) => loadWeights({ target: 'head', from, strict: true, place }, list, join(root, 'runs'));
  assert.throws(() => load('run:mine/best', variables()), (error: FlowError) => error.code === 'FLOW_FILE_MISSING');
  checkpoints.saveBest(new Map([['head/bias', float32([3, 4], [2])]]), { step: 1, value: 0 });
  const list = variables();
  load('run:mine/best', list);
  assert.equal(valuesOf(list).slice(4), [3, 4]);
  assert.throws(() => load('run:mien/best', list), /no run "mien"/);
});

test('exported weights load again; a broken file is refused with its place', async () => {
  const list = variables();
  await exportWeights(join(root, 'out.safetensors'), list, { step: '3' });
  const other = variables();
  other[2]!.variable.assign(tf.tensor([8, 8]));
  loadWeights({ target: 'head', from: join(root, 'out.safetensors'), strict: true, place }, other, root);
  assert.equal(valuesOf(other), valuesOf(list));
  writeFileSync(join(root, 'broken.safetensors'), 'hello');
  assert.throws(() => loadWeights({ target: 'head', from: 'broken.safetensors', strict: true, place }, other, root), (error: FlowError) => error.fields.where === place);
});

test.run();
