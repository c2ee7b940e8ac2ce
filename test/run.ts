/**
 * The test runner: finds every `*.test.ts`, groups them by folder, runs the groups in two processes and ends with the
 * line `N passed, N failed`. Words on the command line select files whose path contains one of them.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';

interface GroupResult {
  readonly passed: number;
  readonly failed: number;
}

const words = process.argv.slice(2);
const roots = ['framework', 'plugins', 'test'].filter((root) => existsSync(root));
const files = roots
  .flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)))
  .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules') && !file.includes('templates'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

const groups = new Map<string, string[]>();
for (const file of files) {
  // System tests take long, so each is a group of its own.
  const group = file.startsWith(join('test', 'system')) ? file : dirname(file);
  groups.set(group, [...(groups.get(group) ?? []), file]);
}

// The tests share a cache of their own, so that they neither read nor spoil the user's, and what they leave behind goes with the run.
const scratch = mkdtempSync(join(tmpdir(), 'flow-tests-'));
const cache = process.env['FLOW_TEST_CACHE'] ?? join(scratch, 'cache');
const queue = [...groups].sort(([left], [right]) => Number(right.includes('system')) - Number(left.includes('system')));
const results: GroupResult[] = [];
/** What the operator tests said about engines that are absent, without repetition. */
const absences = new Set<string>();
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, () => drain()));
rmSync(scratch, { recursive: true, force: true });

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
for (const line of absences) console.log(line);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function drain(): Promise<void> {
  for (let next = queue.shift(); next; next = queue.shift()) results.push(await runGroup(next[0], next[1]));
}

function runGroup(name: string, group: readonly string[]): Promise<GroupResult> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/run-group.ts', ...group], {
      env: { ...process.env, FLOW_CACHE: cache, TMPDIR: scratch, TEMP: scratch, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => {
      const count = (label: string): number => Number(new RegExp(`${label}:\\s+(\\d+)`).exec(output)?.[1] ?? 0);
      const ok = count('Passed');
      const bad = count('Total') - ok;
      for (const [line] of output.matchAll(/^\(not tested on .*\)$/gm)) absences.add(line);
      const failures = code === 0 ? bad : Math.max(1, bad);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${failures === 0 ? 'ok  ' : 'FAIL'} ${name}: ${ok} passed, ${failures} failed (${seconds} s)`);
      if (failures > 0) console.log(output);
      resolve({ passed: ok, failed: failures });
    });
  });
}
