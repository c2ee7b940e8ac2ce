import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Type } from '@sinclair/typebox';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FlowError, type FlowErrors } from '../../errors/flow-error.js';
import { defineDevice, defineHost, definePlugin, type Plugin } from '../define.js';
import { discoverPlugins } from '../discover.js';
import { optional, tensor, value, type Dimension } from '../port-types.js';
import { frameworkVersion, PluginRegistry } from '../registry.js';

const load = () => Promise.reject(new Error('not needed'));
const base = { name: 'one', version: '1.0.0', framework: '^0.1.0', summary: 'One.' };
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'flow-plugins-')));
const none = async () => [];

test.after(() => rmSync(folder, { recursive: true }));

function refusal(action: () => unknown): FlowError {
  try {
    action();
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const register = (plugin: Plugin, version = '0.1.0') => new PluginRegistry(version).register(definePlugin(plugin), 'file:///one.js');

test('manifests are checked', () => {
  assert.is(refusal(() => register({ ...base, name: 'One!' })).message, 'the name of a plugin is malformed');
  assert.is(refusal(() => register({ ...base, version: 'one' })).message, 'the plugin "one" has no semantic version');
  assert.is(refusal(() => register({ ...base, framework: 'soon' })).message, 'the plugin "one" names no framework range');
  const old = refusal(() => register(base, '0.2.0'));
  assert.is(old.code, 'FLOW_PLUGIN');
  assert.is(old.exitCode, 3);
  assert.is(old.describe(), 'FLOW_PLUGIN [one]: the plugin "one" does not work with this version of the framework\n  expected: framework ^0.1.0\n  got:      framework 0.2.0');
});

test('two plugins of one name are an error that names both; the same one twice is none', () => {
  const registry = new PluginRegistry('0.1.0');
  registry.register(base, 'file:///a.js', 'built in');
  registry.register(base, 'file:///b.js', 'in ./plugins');
  registry.register({ ...base }, 'file:///a.js', 'in ./plugins');
  const error = refusal(() => registry.register({ ...base }, 'file:///b.js', 'in ./plugins'));
  assert.is(error.fields.expected, 'one plugin of that name: file:///a.js (built in)');
  assert.is(error.fields.got, 'file:///b.js (in ./plugins)');
});

test('required plugins must be there in a fitting version', () => {
  const registry = new PluginRegistry('0.1.0');
  registry.register({ ...base, requires: { two: '^1.0.0', three: '*' } }, 'file:///a.js');
  registry.register({ ...base, name: 'two', version: '2.0.0' }, 'file:///b.js');
  try {
    registry.checkRequirements();
    assert.unreachable();
  } catch (error) {
    assert.equal((error as FlowErrors).problems.map(({ fields }) => [fields.expected, fields.got]), [['two ^1.0.0', 'two 2.0.0'], ['three *', 'no such plugin']]);
  }
});

test('contracts that contradict themselves are refused', () => {
  const device = (port: Dimension) => ({ ...base, stages: { d: defineDevice({ summary: 'D.', version: 1, options: Type.Object({}), in: {}, out: { y: tensor('float32', [port], 'y') }, load }) } });
  for (const bad of ['face.vertices', '', -1, 2.5]) assert.match(refusal(() => register(device(bad))).message, /^the port "y" has the dimension/);
  for (const good of ['H', 'with.size', 3, 0]) register(device(good));
  const plain = { ...base, stages: { d: defineDevice({ summary: 'D.', version: 1, options: Type.Object({}), in: { x: optional(value<string>('title')) }, out: {}, load }) } };
  const cacheable = { ...base, stages: { d: defineDevice({ summary: 'D.', version: 1, options: Type.Object({}), in: {}, out: {}, trainable: true, cacheable: true, load }) } };
  assert.match(refusal(() => register(cacheable)).message, /^a cacheable stage has variables/);
  assert.is(refusal(() => register(plain)).describe(), 'FLOW_PLUGIN [one/d]: the port "x" of a device stage is not a tensor\n  expected: tensor(dtype, shape, meaning)');
  const options = { ...base, stages: { d: defineHost({ summary: 'H.', version: 1, pure: true, options: Type.String() as never, in: {}, out: {}, load }) } };
  assert.match(refusal(() => register(options)).message, /options are not an object schema/);
  const { out: _out, ...half } = defineHost({ summary: 'H.', version: 1, pure: true, options: Type.Object({}), in: {}, out: {}, load });
  assert.match(refusal(() => register({ ...base, stages: { d: half as never } })).message, /^the contract has no `out`/);
});

test('the version of the framework is that of its package', () => assert.match(frameworkVersion(), /^\d+\.\d+\.\d+/));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const module = (name: string, more = '') => `export const plugin = { name: '${name}', version: '1.0.0', framework: '*', summary: 'x' ${more}};\n`;

test('plugins are found in the file, the project, the dependencies and the package', async () => {
  write('project/package.json', '{ "type": "module", "dependencies": { "flow-plugin-dep": "1", "@some/flow-plugin-scoped": "1", "other": "1" } }');
  write('project/node_modules/flow-plugin-dep/package.json', '{ "type": "module", "exports": { ".": { "types": "./x.d.ts", "import": "./lib/main.js" } } }');
  write('project/node_modules/flow-plugin-dep/lib/main.js', module('dep'));
  write('project/node_modules/@some/flow-plugin-scoped/package.json', '{ "type": "module", "main": "index.js" }');
  write('project/node_modules/@some/flow-plugin-scoped/index.js', module('scoped'));
  write('project/plugins/local/plugin.ts', `const name: string = 'local';\n${module('local').replace("'local'", 'name')}`);
  write('project/plugins/notes.md', 'not a plugin');
  const named = write('elsewhere/named.mjs', module('named'));
  const registry = await discoverPlugins({ named: [{ name: named }, { name: 'flow-plugin-dep' }], workingFolder: join(folder, 'project'), builtin: async () => [{ plugin: base, source: 'file:///built-in.js' }] });
  assert.equal(registry.plugins.map(({ plugin, foundBy }) => [plugin.name, foundBy]), [
    ['named', 'named by the pipeline'], ['dep', 'named by the pipeline'], ['local', 'in ./plugins'], ['scoped', 'a dependency of the project'], ['one', 'built in'],
  ]);
  assert.is(registry.sourceOf('named'), pathToFileURL(named).href);
  assert.is(registry.sourceOf('nobody'), undefined);
});

test('a plugin that cannot be imported says why', async () => {
  const find = (file: string) => discoverPlugins({ named: [{ name: file }], workingFolder: folder, builtin: none }).then(() => 'found', (error: FlowError) => `${error.code}: ${error.message}`);
  assert.match(await find(write('bad/throws.mjs', 'throw new Error("out of cheese");')), /^FLOW_PLUGIN_LOAD: the plugin cannot be imported: out of cheese/);
  assert.is(await find(write('bad/empty.mjs', 'export const other = 1;')), 'FLOW_PLUGIN_LOAD: the module exports no plugin');
  assert.is(await find(write('bad/common.ts', module('common'))), 'FLOW_PLUGIN_LOAD: the plugin would be read as CommonJS');
  assert.is(await find(write('bad/module.mts', module('common'))), 'found');
  assert.is(await find(join(folder, 'nowhere.js')), 'FLOW_PLUGIN_LOAD: the plugin that the pipeline names does not exist');
  assert.is(await find('flow-plugin-nowhere'), 'FLOW_PLUGIN_LOAD: the plugin that the pipeline names does not exist');
});

test.run();
