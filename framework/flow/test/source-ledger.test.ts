import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../digest.js';
import { runStreams } from '../run-streams.js';
import { SourceLedger } from '../source-ledger.js';
import { SampleError } from '../../errors/sample-error.js';
import { float32 } from '../../values/host-tensor.js';
import { freshFolder, planOf, servicesFor } from './fixtures/plan.js';

/** Runs a short pipeline over files of two numbers by way of a source that can be glanced at; counts what is read whole. `meanwhile` happens before a read. */
async function glanceRun(files: string, cacheRoot: string, { version = 1, double = 2, meanwhile = (): void => undefined } = {}) {
  const { plan: small, graph } = planOf({
    stages: {
      photo: { use: 'numbers' },
      double: { use: 'scale', in: { x: 'photo.pair' }, with: { factor: double } },
      out: { use: 'lines', in: { x: 'double.x' } },
    },
  });
  const photo = small.stages.get('photo')!;
  let reads = 0;
  const names = readdirSync(files).sort();
  const glance = async (index: number) => {
    const textOf = (): string => readFileSync(join(files, names[index]), 'utf8');
    return {
      fingerprint: textOf().replace(' ', '-'),
      async read() {
        reads++;
        meanwhile();
        const text = textOf();
        if (text === 'bad') throw new SampleError('this one is bad', { reason: 'photo-damaged' });
        return { pair: float32(text.split(' ').map(Number), [2]), name: names[index] };
      },
    };
  };
  const open = async () => ({ length: names.length, key: (index: number) => names[index], read: async (index: number) => (await glance(index)).read(), glance });
  const contract = { ...photo.contract, version, load: async () => ({ stage: { open } }) } as typeof photo.contract;
  const refusing = <S extends typeof photo>(stage: S): S => ({ ...stage, onError: { ...stage.onError, policy: 'quarantine', maxRate: 1 } });
  const stages = new Map(small.stages).set('photo', refusing({ ...photo, contract })).set('double', refusing(small.stages.get('double')!));
  const plan = { ...small, stages };
  const services = servicesFor(plan, { cacheRoot, revisits: false });
  const folder = freshFolder();
  const result = await runStreams(plan, graph, { services, sections: new Map(), folder: () => folder });
  await services.close();
  return { reads, lines: readFileSync(join(folder, 'lines.txt'), 'utf8').trim().split('\n'), refused: result.refused.map(({ key, stage, reason }) => `${key} ${stage} ${reason}`) };
}

function filesOf(texts: Readonly<Record<string, string>>): string {
  const folder = freshFolder();
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  return folder;
}

test('a source that can be glanced at is not read again while the results behind it are cached', async () => {
  const [files, root] = [filesOf({ a: '1 2', b: 'bad', c: '3 4' }), freshFolder()];
  const cold = await glanceRun(files, root);
  assert.is(cold.reads, 3);
  assert.equal(cold.refused, ['b photo photo-damaged']);
  const warm = await glanceRun(files, root);
  assert.is(warm.reads, 1, 'only what was refused');
  assert.equal(warm.lines, cold.lines);
  assert.equal(warm.refused, cold.refused);
  writeFileSync(join(files, 'a'), '7 2');
  const changed = await glanceRun(files, root);
  assert.is(changed.reads, 2, 'and what has changed');
  assert.not.equal(changed.lines[0], cold.lines[0]);
  assert.is(changed.lines[1], cold.lines[1]);
  assert.is((await glanceRun(files, root, { version: 2 })).reads, 3, 'another version of the source');
  assert.is((await glanceRun(files, root, { double: 3 })).reads, 3, 'another result behind it');
});

test('a damaged ledger or lost results cost time, not truth; runs may share a ledger', async () => {
  const [files, root] = [filesOf({ a: '1 2', b: '3 4', c: '5 6' }), freshFolder()];
  const [cold, other] = await Promise.all([glanceRun(files, root), glanceRun(files, root)]);
  assert.equal(other.lines, cold.lines);
  const ledger = join(root, 'sources', readdirSync(join(root, 'sources'))[0]);
  const text = readFileSync(ledger, 'utf8');
  assert.is((await glanceRun(files, root)).reads, 0);
  writeFileSync(ledger, text.replaceAll('"a"', '"z"').slice(0, -4)); // names of a are wrong, the last line is cut off
  const damaged = await glanceRun(files, root);
  assert.ok(damaged.reads >= 1 && damaged.reads <= 2, `${damaged.reads} read`);
  assert.equal(damaged.lines, cold.lines);
  assert.is((await glanceRun(files, root)).reads, 0, 'what was damaged has been written again');
  rmSync(join(root, 'content'), { recursive: true });
  const lost = await glanceRun(files, root);
  assert.is(lost.reads, 3);
  assert.equal(lost.lines, cold.lines);
});

test('a sample that changes after it was glanced at is refused for this run only: nothing wrong is kept', async () => {
  const [files, root] = [filesOf({ a: '1 2', b: '3 4' }), freshFolder()];
  const cold = await glanceRun(files, root);
  rmSync(join(root, 'content'), { recursive: true }); // the ledger knows both; results are to be computed again
  const changing = await glanceRun(files, root, { meanwhile: () => writeFileSync(join(files, 'a'), '7 2') });
  assert.equal(changing.refused, ['a double sample-changed']);
  assert.is(changing.lines[0], cold.lines[1]);
  const changed = await glanceRun(files, root);
  assert.equal(changed.refused, []);
  assert.not.equal(changed.lines[0], cold.lines[0]);
  writeFileSync(join(files, 'a'), '1 2');
  assert.equal((await glanceRun(files, root)).lines, cold.lines);
});

test('a ledger knows what JSON holds, and nothing that it would change', () => {
  const ledger = new SourceLedger(freshFolder(), 'samples');
  const held = { name: 'a\u2028 b', box: [0, 0.5, null], deep: { yes: true } };
  ledger.add('held', { ...held, large: new Float32Array([1]) }, (port) => port === 'large');
  assert.equal(ledger.get('held')!.values, held);
  assert.is(ledger.get('held')!.digests.large, digestOf(new Float32Array([1])));
  for (const value of [-0, NaN, Infinity, [undefined], { a: undefined }, new Uint8Array([1])]) {
    ledger.add('changed', { value }, () => false);
    assert.is(ledger.get('changed'), undefined, String(value));
  }
});

test.run();
