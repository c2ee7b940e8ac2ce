import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResourceContract } from '../../index.js';
import { releaseDeadThreads } from '../lock-file.js';
import { ResourceLoader, type ResourceRecipe } from '../resources.js';
import { table } from './fixtures/numbers.js';
import { freshFolder } from './fixtures/plan.js';

const recipe = (folder: string, milliseconds = 0): ResourceRecipe => ({
  name: 'table', use: 'numbers/table', digest: 'd1', options: { folder, milliseconds }, contract: table as unknown as ResourceContract,
});
const builds = (folder: string): number => (existsSync(join(folder, 'builds')) ? readFileSync(join(folder, 'builds'), 'utf8').trim().split('\n').length : 0);

function otherProcess(root: string, folder: string, milliseconds: number) {
  const script = fileURLToPath(new URL('./fixtures/build-table.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, root, folder, String(milliseconds)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const output = new Promise<string>((resolve) => child.on('exit', () => resolve(text)));
  return { child, output };
}

test('a resource is built once in a process', async () => {
  const [root, folder] = [freshFolder(), freshFolder()];
  const loader = new ResourceLoader({ cacheRoot: root });
  const [one, two] = await Promise.all([loader.load(recipe(folder)), loader.load(recipe(folder))]);
  assert.is(one, two);
  assert.is(builds(folder), 1);
});

test('processes that start together build once; the others wait and read', async () => {
  const [root, folder] = [freshFolder(), freshFolder()];
  const processes = [0, 1, 2].map(() => otherProcess(root, folder, 300));
  assert.equal(await Promise.all(processes.map(({ output }) => output)), ['10 20', '10 20', '10 20']);
  assert.is(builds(folder), 1);
});

test('the lock and the half-built folder of a dead builder are taken over', async () => {
  const [root, folder] = [freshFolder(), freshFolder()];
  const { child, output } = otherProcess(root, folder, 60_000);
  while (builds(folder) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(join(root, 'resources', 'd1', 'table.json'), 'half a fi');
  child.kill('SIGKILL');
  await output;
  assert.ok(existsSync(join(root, 'resources', 'd1.lock')));
  const value = (await new ResourceLoader({ cacheRoot: root }).load(recipe(folder))) as { offsets: Float32Array };
  assert.equal([...value.offsets], [10, 20]);
  assert.not.ok(existsSync(join(root, 'resources', 'd1.lock')));
});

test('the lock of a dead thread of this process is released, that of a living one is not', async () => {
  const folder = freshFolder();
  const lock = (name: string, thread: number, process_ = process.pid): void =>
    writeFileSync(join(folder, `${name}.lock`), JSON.stringify({ host: hostname(), process: process_, thread }));
  lock('dead', 7);
  lock('alive', 8);
  lock('main', 0);
  lock('other', 7, 1);
  await releaseDeadThreads(folder, new Set([8]));
  assert.equal(['dead', 'alive', 'main', 'other'].map((name) => existsSync(join(folder, `${name}.lock`))), [false, true, true, true]);
});

test('a damaged folder is built again', async () => {
  const [root, folder] = [freshFolder(), freshFolder()];
  await new ResourceLoader({ cacheRoot: root }).load(recipe(folder));
  writeFileSync(join(root, 'resources', 'd1', 'table.json'), '{');
  const said: string[] = [];
  const value = (await new ResourceLoader({ cacheRoot: root, log: (line) => said.push(line) }).load(recipe(folder))) as { offsets: Float32Array };
  assert.equal([...value.offsets], [10, 20]);
  assert.is(builds(folder), 2);
  assert.match(said.join(), 'is damaged');
});

test('a build that fails is an error with its reason, and is tried again at the next call', async () => {
  const [root, folder] = [freshFolder(), join(freshFolder(), 'not there yet')];
  const loader = new ResourceLoader({ cacheRoot: root });
  const error = await loader.load(recipe(folder)).catch((thrown: unknown) => thrown) as { code: string; message: string };
  assert.is(error.code, 'FLOW_RESOURCE');
  assert.match(error.message, 'no such file');
  mkdirSync(folder);
  assert.ok(await loader.load(recipe(folder)));
});

test.run();
