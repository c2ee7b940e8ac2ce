import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, randomFor, type FlowError } from '../../../framework/index.js';
import { cosineOf, pairsOf, summariseDifference, summariseVerification, verify, type Probe } from '../host/verification.js';
import { stage } from '../stages/verification.js';

const pictures = [[1, 0.2, 0], [0.8, 0.5, 0.1], [0.1, 1, 0.3], [0.3, 0.9, 0], [0, 0.7, 0.9], [0.2, 0.1, 1]];
const photos = [[0.9, 0.1, 0.2], [1, 0.4, 0.3], [0.2, 0.8, 0.2], [0, 1, 0.5], [0.6, 0.5, 0.6], [0.1, 0.4, 0.9]];
const people = ['a', 'a', 'b', 'b', 'b', 'c'];
const probes: Probe[] = people.map((person, at) => ({ person, picture: Float32Array.from(pictures[at]), photo: Float32Array.from(photos[at]) }));

/**
 * By scikit-learn 1.x over the 30 pairs of unlike photos, genuine pairs weighing as their person, others as the product of both:
 *   roc_auc_score(genuine, cosine, sample_weight=weight), and max((tpr + 1 - fpr) / 2) of roc_curve(…, drop_intermediate=False)
 */
const golden = [
  [[1, 1, 1], 0.9204545454545454, 0.8863636363636364],
  [[2, 0, 1], 1, 1],
  [[1, 2, 0], 0.9285714285714286, 0.875],
] as const;

test('AUC and balanced accuracy over weighted pairs equal those of scikit-learn', () => {
  const pairs = pairsOf(probes);
  assert.is(pairs.similarity.length, 30);
  for (const [times, auc, accuracy] of golden) {
    const got = verify(pairs, times);
    assert.ok(Math.abs(got.auc - auc) < 1e-6 && Math.abs(got.accuracy - accuracy) < 1e-6, `${times.join()}: ${got.auc}, ${got.accuracy}`);
  }
});

test('ties count half; without genuine pairs there is no value', () => {
  const alike = probes.map((probe) => ({ ...probe, picture: Float32Array.of(1, 1, 1), photo: Float32Array.of(1, 1, 1) }));
  assert.equal(verify(pairsOf(alike), [1, 1, 1]), { auc: 0.5, accuracy: 0.5 });
  assert.ok(Number.isNaN(verify(pairsOf(probes), [0, 0, 1]).auc));
  assert.is(cosineOf(Float32Array.of(3, 4), Float32Array.of(4, 3)).toFixed(6), '0.960000');
  assert.is(cosineOf(Float32Array.of(0, 0), Float32Array.of(4, 3)), 0);
});

/** 40 people with two photos each: features of the person, and noise. */
function crowd(noise: number): Probe[] {
  const random = randomFor('crowd', `${noise}`);
  const draw = (): Float32Array => Float32Array.from({ length: 8 }, () => random.normal());
  return Array.from({ length: 40 }, (_, at) => ({ person: `${at}`, own: draw() })).flatMap(({ person, own }) => [0, 1].map(() => {
    const seen = (): Float32Array => own.map((value) => value + noise * random.normal());
    return { person, picture: seen(), photo: seen() };
  }));
}

test('the interval lies about the value; the difference of a method with itself is none, with a worse one it is clear', () => {
  const [good, bad] = [pairsOf(crowd(0.5)), pairsOf(crowd(2))];
  const { auc } = summariseVerification(good);
  assert.ok(auc.interval[0] < auc.mean && auc.mean < auc.interval[1] && auc.interval[1] - auc.interval[0] < 0.1, auc.interval.join());
  assert.equal(summariseDifference(good, good).auc.interval, [0, 0]);
  const difference = summariseDifference(good, bad).auc;
  assert.ok(difference.interval[0] > 0.05 && Math.abs(difference.mean - (auc.mean - summariseVerification(bad).auc.mean)) < 1e-12);
});

test('the sink writes similarity to the own photo, AUC and accuracy of each method, and their differences', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'verification-'));
  const open = (differences: Record<string, [string, string]>) => stage.create({
    options: { title: 'People', differences }, stage: 'people', folder, log: () => undefined, resource: () => { throw new Error('no resources'); },
  });
  const inputs = (at: number) => ({
    person: people[at], reference: float32(photos[at], [3]), model: float32(pictures[at], [3]), photo: float32(photos[at], [3]),
  });
  const sink = await open({ gain: ['photo', 'model'] });
  for (const at of people.keys()) await sink.write(inputs(at) as never, { key: `k${at}`, step: 0 });
  await sink.close!({ step: 0 });
  const { samples, metrics } = JSON.parse(await readFile(join(folder, 'table.json'), 'utf8')) as { samples: number; metrics: Record<string, { mean: number; count: number }> };
  assert.is(samples, 6);
  assert.ok(Math.abs(metrics['model.auc'].mean - golden[0][1]) < 1e-6 && Math.abs(metrics['model.accuracy'].mean - golden[0][2]) < 1e-6);
  assert.ok(Math.abs(metrics['photo.similarity'].mean - 1) < 1e-6 && metrics['model.similarity'].mean < 1);
  assert.ok(Math.abs(metrics['gain.similarity'].mean - 1 + metrics['model.similarity'].mean) < 1e-6);
  assert.is(metrics['gain.auc'].count, 30);
  assert.match(await readFile(join(folder, 'table.md'), 'utf8'), /\| model \| 0\.\d+ \(.*\| 0\.9205 \(/);
  assert.match((await readFile(join(folder, 'table-samples.csv'), 'utf8')).split('\n')[0], /^key,person,model.similarity/);
  const wrong = await open({ gain: ['photo', 'modle'] });
  await wrong.write(inputs(0) as never, { key: 'k', step: 0 }).then(() => assert.unreachable(), (error: FlowError) => assert.is(error.code, 'FLOW_OPTION'));
  await rm(folder, { recursive: true });
});

test.run();
