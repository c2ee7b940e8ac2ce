import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as framework from '../../framework/index.js';
import { loadPlan } from '../../framework/pipeline/index.js';
import { builtinPlugins } from '../../plugins/index.js';

const folders = readdirSync('plugins').filter((name) => statSync(join('plugins', name)).isDirectory()).sort();

test('every plugin folder is in the list, under its own name', () => {
  assert.equal(builtinPlugins.map(({ name }) => name).sort(), folders);
});

for (const folder of folders) {
  test(`plugins/${folder} has its manifest, a page and tests`, () => {
    for (const part of ['plugin.ts', 'README.md', 'test']) assert.ok(existsSync(join('plugins', folder, part)), part);
    assert.ok(readdirSync(join('plugins', folder, 'test')).some((name) => name.endsWith('.test.ts')), 'no test');
  });
}

test('the doors of the framework and of the plugins load no TensorFlow.js', () => {
  const script = `
    await import('./framework/index.ts');
    await import('./plugins/index.ts');
    await import('./framework/cli/index.ts');
    await import('./framework/pipeline/index.ts');
    const loaded = Object.keys((await import('node:module')).default._cache).filter((path) => path.includes('@tensorflow'));
    console.log(JSON.stringify(loaded));
    console.log(String(globalThis._tfengine));`;
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], { encoding: 'utf8' });
  assert.equal(output.trim().split('\n'), ['[]', 'undefined']);
});

for (const file of readdirSync('pipelines').filter((name) => name.endsWith('.yaml'))) {
  for (const profile of ['paper', 'small', 'tiny']) {
    test(`pipelines/${file} resolves in the profile ${profile}`, async () => {
      const plan = await loadPlan({ file: join('pipelines', file), profile, environment: {} });
      assert.ok(plan.trainGraph ?? plan.runGraph);
    });
  }
}

test('the lock file names no registry: packages come from the one that the user has set', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, { resolved?: string }> };
  const named = Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined && /^https?:/.test(resolved)).map(([name]) => name);
  assert.equal(named, []);
});

test('the public names of the framework are those that were agreed', () => {
  const agreed = JSON.parse(readFileSync('test/repo/public-names.json', 'utf8')) as string[];
  assert.equal(Object.keys(framework).sort(), agreed);
});

test.run();
