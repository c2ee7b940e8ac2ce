import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor, type FlowError } from '../../../framework/index.js';
import { projectVertices } from '../../rasterizer/index.js';
import { coefficientCount, coefficientGroup, identityCount } from '../host/coefficients.js';
import { decodeHost } from '../host/decode-host.js';
import type { FaceModel } from '../host/face-model.js';
import { denseModel, densePoints } from '../host/fit/dense-model.js';
import { boxSide, fitGeometry } from '../host/fit/fit-geometry.js';
import { readIdentity, writeIdentity } from '../host/learn/identity-file.js';
import { identityPrior, IdentitySums, posteriorCovariance, withIdentityPrior } from '../host/learn/identity-prior.js';
import { builtFace } from './built-face.js';

const folder = mkdtempSync(join(tmpdir(), 'identity-'));
const test = suite('identity prior');
let face: FaceModel;
test.before(async () => void (face = await builtFace()));
test.after(() => rmSync(folder, { recursive: true }));

/** People who differ along two axes only, strongly in one. */
function person(number: number): Float32Array {
  const random = randomFor('person', `${number}`);
  const [strong, weak] = [2 * random.normal(), 0.5 * random.normal()];
  return Float32Array.from({ length: identityCount }, (_, mode) => (mode === 0 ? 0.5 + strong : mode === 1 ? strong + weak : mode === 2 ? weak : 0));
}

test('moments are those of the people; the mixing gives their covariance and what landmarks leave open, by falling variance', () => {
  const sums = new IdentitySums();
  for (let number = 0; number < 500; number++) sums.add(person(number));
  const { mean, covariance } = sums.moments();
  assert.ok(Math.abs(mean[0]! - 0.5) < 0.2 && Math.abs(covariance.get(0, 0) - 4) < 0.6 && Math.abs(covariance.get(0, 1) - 4) < 0.6 && Math.abs(covariance.get(1, 1) - 4.25) < 0.6);
  const model = denseModel(face);
  const { mixing } = identityPrior(sums, model, 0.012);
  const open = posteriorCovariance(model, 0.012);
  const at = (row: number, column: number): number => mixing[row * identityCount + column]!;
  let before = Infinity;
  for (let column = 0; column < identityCount; column++) {
    const variance = Array.from({ length: identityCount }, (_, row) => at(row, column) ** 2).reduce((sum, value) => sum + value, 0);
    assert.ok(variance <= before + 1e-4, `column ${column}`);
    before = variance;
  }
  for (const [a, b] of [[0, 0], [0, 1], [1, 2], [5, 5], [7, 3]] as const) {
    const product = Array.from({ length: identityCount }, (_, column) => at(a, column) * at(b, column)).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(product - covariance.get(a, b) - open.get(a, b)) < 1e-3, `${a}, ${b}`);
  }
});

test('what landmarks leave open is how far fits of noisy landmarks are from the truth, when people are as the prior says', () => {
  const model = denseModel(face);
  const open = posteriorCovariance(model, 0.012);
  let [error, expected] = [0, 0];
  for (let number = 0; number < 10; number++) {
    const random = randomFor('noise', `${number}`);
    const truth = Float64Array.from({ length: model.modes }, () => random.normal());
    const clean = projectVertices(densePoints(model, truth), 112);
    const pixels = Array.from({ length: 2 * model.trust.length }, (_, at) => clean[3 * Math.floor(at / 2) + (at % 2)]!);
    const sigma = 0.012 * boxSide(pixels);
    const landmarks = pixels.map((value, at) => value + (sigma * random.normal()) / Math.sqrt(model.trust[Math.floor(at / 2)]!));
    const { coefficients } = fitGeometry(model, landmarks, 112, { openings: [], trust: model.trust }, { landmarkNoise: 0.012, openingNoise: 0.003, rounds: 4 });
    for (let mode = 0; mode < model.identityModes; mode++) {
      error += (coefficients[mode]! - truth[mode]!) ** 2;
      expected += open.get(mode, mode);
    }
  }
  assert.ok(error / expected > 0.8 && error / expected < 1.25, `${error / expected}`);
});

test('new coefficients z show the face of mean + L z; the file gives back what was written', async () => {
  const sums = new IdentitySums();
  for (let number = 0; number < 200; number++) sums.add(person(number));
  const prior = identityPrior(sums, denseModel(face), 0.012);
  const path = join(folder, 'identity.safetensors');
  writeIdentity(path, prior, { face: face.name });
  const mixed: FaceModel = { ...face, ...withIdentityPrior(face, await readIdentity(path)) };
  const random = randomFor('z');
  const [before, after] = [new Float32Array(coefficientCount), new Float32Array(coefficientCount)];
  const z = coefficientGroup(after, 'identity').map(() => random.normal());
  coefficientGroup(after, 'identity').set(z);
  coefficientGroup(before, 'identity').set(prior.mean.map((value, row) => z.reduce((sum, each, column) => sum + prior.mixing[row * identityCount + column]! * each, value)));
  const [wanted, got] = [decodeHost(face, before).shape, decodeHost(mixed, after).shape];
  for (let at = 0; at < wanted.length; at += 7) assert.ok(Math.abs(wanted[at]! - got[at]!) < 1e-4, `${at}: ${wanted[at]}, ${got[at]}`);
});

test('files that are missing or something else are refused', async () => {
  const refused = (path: string) => readIdentity(path).then(() => assert.unreachable(), (error: FlowError) => assert.is(error.code, 'FLOW_WEIGHTS'));
  await refused(join(folder, 'absent.safetensors'));
  writeFileSync(join(folder, 'other.safetensors'), Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 123, 125]));
  await refused(join(folder, 'other.safetensors'));
});

test.run();
