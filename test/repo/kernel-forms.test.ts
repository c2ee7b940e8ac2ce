/** Every kernel that sections may run has a form for webgpu, where the loops of the host do not help. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Kernels inside replacements that other engines need and webgpu does not. */
const elsewhere = ['conv-filter-gradient.ts', 'conv-input-gradient.ts', 'depthwise-gradients.ts'];

const files = ['framework', 'plugins']
  .flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)))
  .filter((file) => file.endsWith('.ts') && !/\/(test|templates)\//.test(file) && !elsewhere.some((name) => file.endsWith(name)));

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

test('every defineKernel has a wgsl form', () => {
  let kernels = 0;
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const defined = count(text, /= defineKernel(<|\()/g);
    kernels += defined;
    if (defined > 0) assert.ok(count(text, /^ {2}wgsl[:,]/gm) >= defined, `${file}: ${defined} kernels, fewer forms for webgpu`);
  }
  assert.ok(kernels >= 20, `only ${kernels} kernels were found`);
});

test.run();
