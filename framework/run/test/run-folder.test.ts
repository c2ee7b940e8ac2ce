import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { FlowError } from '../../errors/flow-error.js';
import { createRunFolder, findRun, listRuns, lockRunFolder, writePlan, type RunFolder } from '../run-folder.js';
import { gitState, type RunRecord } from '../run-record.js';

const root = mkdtempSync(join(tmpdir(), 'flow-runs-'));
test.after(() => rmSync(root, { recursive: true }));

function record(folder: RunFolder): RunRecord {
  return {
    pipeline: folder.pipeline, name: folder.name, file: 'p.yaml', state: 'running', created: '2026-01-01T00:00:00Z', sessions: [], seed: 1, planDigest: 'd',
    engine: { name: 'wasm', deterministic: true }, versions: { flow: '1' }, system: { node: 'v20', platform: 'linux', cpu: 'c', cores: 2, memoryGiB: 4 },
  };
}

function refused(action: () => unknown, pattern: RegExp): void {
  assert.throws(action, (error: FlowError) => error.code === 'FLOW_RUN_STATE' && pattern.test(error.describe()));
}

test('names are made up, unique, or chosen; a taken or impossible name is refused', () => {
  const [first, second] = [createRunFolder(root, 'toy'), createRunFolder(root, 'toy')];
  assert.not.equal(first.name, second.name);
  assert.match(first.name, /^[a-z]+-[a-z]+-\d\d$/);
  const mine = createRunFolder(root, 'toy', 'mine');
  assert.is(createRunFolder(root, 'toy', 'mine').path, mine.path);
  mine.writeRecord(record(mine));
  refused(() => createRunFolder(root, 'toy', 'mine'), /already there[^]*--resume/);
  refused(() => createRunFolder(root, 'toy', '../x'), /no name for a run/);
  refused(() => createRunFolder(root, 'toy', 'latest'), /no name for a run/);
});

test('runs are found by name, pipeline/name, folder and latest; a wrong name gets the nearest', () => {
  const folder = createRunFolder(root, 'found', 'swift-otter');
  folder.writeRecord(record(folder));
  for (const reference of ['swift-otter', 'found/swift-otter', folder.path, 'latest']) assert.is(findRun(root, reference).path, folder.path);
  assert.equal(listRuns(root, 'found').map(({ name }) => name), ['swift-otter']);
  assert.equal(folder.readRecord(), record(folder));
  refused(() => findRun(root, 'swift-ottr'), /Did you mean "swift-otter"/);
  refused(() => findRun(root, 'latest', 'absent'), /no run of "absent"/);
});

test('the resolved document and its origins are written', () => {
  const folder = createRunFolder(root, 'toy', 'plan');
  const document = { flow: 1, stages: { a: { use: 'x/y', with: { size: 3 } } } };
  writePlan(folder, { document, file: '/somewhere/toy.yaml', origins: new Map([['stages.a', { file: 'toy.yaml', line: 3, column: 5 }]]) });
  assert.equal(parse(readFileSync(folder.file('pipeline.yaml'), 'utf8')), document);
  assert.equal(JSON.parse(readFileSync(folder.file('origins.json'), 'utf8')), { 'stages.a': 'toy.yaml:3:5' });
});

test('a folder is for one living process', () => {
  const folder = createRunFolder(root, 'toy', 'locked');
  writeFileSync(folder.file('run.lock'), String(process.ppid));
  refused(() => lockRunFolder(folder), new RegExp(`in use by process ${process.ppid}`));
  writeFileSync(folder.file('run.lock'), '4194304');
  const release = lockRunFolder(folder);
  assert.is(readFileSync(folder.file('run.lock'), 'utf8'), String(process.pid));
  release();
  assert.not(existsSync(folder.file('run.lock')));
});

test('git state: a commit inside a repository, nothing outside', () => {
  assert.is(gitState(root), undefined);
});

test.run();
