/** The steps of `flow setup tensorflow` with stand-ins for pip, npm and the compiler; the library that they bring cannot be loaded. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { installationFolder, readInstallation } from '../../device/engines/tensorflow/installation.js';
import type { FlowError } from '../../index.js';
import { removeTensorflow, setupTensorflow, verifyTensorflow } from '../tensorflow/index.js';
import { recipeFor } from '../tensorflow/recipe.js';
import { writeFakeTools, type Trouble } from './fake-tools.js';

const folder = mkdtempSync(join(tmpdir(), 'flow-setup-'));
const [engines, tools, onlyNpm] = [join(folder, 'engines'), join(folder, 'tools'), join(folder, 'only-npm')];
const kept = { PATH: process.env['PATH'], FLOW_ENGINES: process.env['FLOW_ENGINES'] };
const proof = { tensorflow: '2.21.0', gpu: false, gigaflops: 1 };
const prove = () => Promise.resolve(proof);

test.before(() => {
  writeFakeTools(tools, ['python3', 'npm', 'c++']);
  writeFakeTools(onlyNpm, ['npm']);
});
test.before.each(() => {
  rmSync(engines, { recursive: true, force: true });
  Object.assign(process.env, { PATH: tools, FLOW_ENGINES: engines });
  delete process.env['FAKE_TROUBLE'];
});
test.after(() => {
  Object.assign(process.env, kept);
  if (kept.FLOW_ENGINES === undefined) delete process.env['FLOW_ENGINES'];
  rmSync(folder, { recursive: true });
});

const setUp = (options: { signal?: AbortSignal; prove?: typeof prove } = { prove }) => setupTensorflow({ variant: 'cpu', log: () => undefined, ...options });
const refusal = (work: Promise<unknown>): Promise<FlowError> => work.then(() => assert.unreachable() as never, (error: FlowError) => error);
const inside = (): string[] => readdirSync(engines, { recursive: true, encoding: 'utf8' }).sort();

test('an engine is made whole, with its manifest, and nothing that was needed only to make it', async () => {
  const lines: string[] = [];
  const { made, folder: place } = await setupTensorflow({ variant: 'cpu', log: (line) => lines.push(line), prove });
  assert.ok(made);
  assert.is(place, installationFolder('cpu'));
  assert.match(lines.join('\n'), /0\.3 GB.*1\.3 GB of disk[^]*Python 3 with pip, a C\+\+17 compiler[^]*minutes/);
  const top = readdirSync(place).sort();
  assert.equal(top, ['installation.json', 'kernels', 'site']);
  const libraries = readdirSync(join(place, 'site', 'tensorflow')).sort();
  assert.equal(libraries, ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'open_quietly.node', 'tfjs_binding.node']);
  assert.equal(readdirSync(engines), ['tensorflow-cpu']);
  const installation = readInstallation(place);
  assert.ok('files' in installation && installation.files[join('site', 'tensorflow', 'tfjs_binding.node')] === 'an addon'.length);
});

test('the kernels use no function that Node 23 removed, and the TensorFlow.js of whoever loads them', async () => {
  await setUp();
  const kernels = join(installationFolder('cpu'), 'kernels');
  for (const name of ['nodejs_kernel_backend.js', join('kernels', 'TopK.js')]) {
    assert.not.match(readFileSync(join(kernels, name), 'utf8'), /require\(["']util["']\)|api_pb/);
  }
  assert.not.ok(existsSync(join(kernels, 'kernels', 'Add_test.js')));
  for (const name of ['tfjs', 'tfjs-core']) {
    assert.match(readFileSync(join(kernels, 'node_modules', '@tensorflow', name, 'index.js'), 'utf8'), 'faceflow.tensorflowjs');
  }
});

test('the kernels load as CommonJS inside a project of ES modules', async () => {
  await setUp();
  writeFileSync(join(engines, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(installationFolder('cpu'), 'kernels', 'probe.js'), 'module.exports = 42;');
  const program = `console.log(require(${JSON.stringify(join(installationFolder('cpu'), 'kernels', 'probe.js'))}))`;
  assert.is(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }).trim(), '42');
});

test('a working engine is left as it is; a damaged one is named by --verify and made anew', async () => {
  assert.ok((await setUp()).made);
  assert.not.ok((await setUp()).made);
  const lost = join(installationFolder('cpu'), 'kernels', 'int64_tensors.js');
  rmSync(lost);
  assert.match((await refusal(verifyTensorflow('cpu', prove))).message, 'int64_tensors.js is missing');
  assert.ok((await setUp()).made);
  assert.equal(await verifyTensorflow('cpu', prove), proof);
});

test('what is missing is said at once, all of it, and nothing is left behind', async () => {
  process.env['PATH'] = onlyNpm;
  const { code, exitCode, message, fields } = await refusal(setUp());
  assert.equal([code, exitCode], ['FLOW_SETUP', 5]);
  assert.match(message, /Python 3 with pip.*; a compiler for C\+\+17/);
  assert.match(fields.cure!, 'device: wasm');
  assert.equal(inside(), []);
});

const troubles: readonly (readonly [Trouble, RegExp])[] = [
  ['refuse', /python3 ended with code 1:\nERROR: No matching distribution found/],
  ['empty', /brought no library/],
  ['syntax', /c\+\+ ended with code 1:\nbinding\.cc:1: error: no such thing/],
];
for (const [trouble, words] of troubles) {
  test(`a step that fails (${trouble}) says why and leaves nothing behind`, async () => {
    process.env['FAKE_TROUBLE'] = trouble;
    const error = await refusal(setUp());
    assert.is(error.code, 'FLOW_SETUP');
    assert.match(error.message, words);
    assert.equal(inside(), []);
  });
}

test('an engine that does not load is not put in place', async () => {
  process.env['PATH'] = `${tools}:${kept.PATH}`;
  const error = await refusal(setUp({}));
  assert.is(error.code, 'FLOW_SETUP');
  assert.match(error.message, 'ended with code');
  assert.equal(inside(), []);
});

test('an interruption ends the download and leaves the engine that was there', async () => {
  await setUp();
  writeFileSync(join(installationFolder('cpu'), 'mark'), '');
  rmSync(join(installationFolder('cpu'), 'kernels', 'int64_tensors.js'));
  process.env['FAKE_TROUBLE'] = 'hang';
  const ending = new AbortController();
  const waiting = refusal(setUp({ signal: ending.signal, prove }));
  while (!existsSync(join(engines, 'tensorflow-cpu.partial', 'downloads'))) await new Promise((resolve) => setTimeout(resolve, 5));
  ending.abort();
  assert.match((await waiting).message, 'interrupted; nothing was left behind');
  assert.equal(readdirSync(engines), ['tensorflow-cpu']);
  assert.ok(existsSync(join(installationFolder('cpu'), 'mark')));
});

test('what a killed setup left is cleared by the next one, and by --remove', async () => {
  const rest = join(engines, 'tensorflow-cpu.partial', 'downloads');
  mkdirSync(rest, { recursive: true });
  await setUp();
  assert.equal(readdirSync(engines), ['tensorflow-cpu']);
  mkdirSync(rest, { recursive: true });
  assert.ok(await removeTensorflow('cpu'));
  assert.equal(inside(), []);
  assert.not.ok(await removeTensorflow('cpu'));
});

test('folders of another layout or machine are no engines', async () => {
  await setUp();
  const path = join(installationFolder('cpu'), 'installation.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as object;
  const faultWith = (change: object): string => {
    writeFileSync(path, JSON.stringify({ ...manifest, ...change }));
    return (readInstallation(installationFolder('cpu')) as { fault: string }).fault;
  };
  assert.match(faultWith({ layout: 0 }), 'another version');
  assert.match(faultWith({ platform: 'plan9-mips' }), 'plan9-mips');
  writeFileSync(path, '{');
  assert.match((readInstallation(installationFolder('cpu')) as { fault: string }).fault, 'damaged');
});

test('the addon is that of the TensorFlow.js in use', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  assert.is(recipeFor('cpu').tfjsNode, dependencies['@tensorflow/tfjs']);
});

test.run();
