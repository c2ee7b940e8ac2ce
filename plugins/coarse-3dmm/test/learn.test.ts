import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor, type HostTensor, type Random } from '../../../framework/index.js';
import { renderHost } from '../../rasterizer/index.js';
import { albedoCount, coefficientCount, coefficientGroup } from '../host/coefficients.js';
import { decodeHost } from '../host/decode-host.js';
import type { FaceModel } from '../host/face-model.js';
import { readAlbedo, writeAlbedo } from '../host/learn/albedo-file.js';
import { leadingModes } from '../host/learn/leading-modes.js';
import { learnAlbedo } from '../host/learn/learn-albedo.js';
import { RidgeSums } from '../host/learn/ridge.js';
import { solveHeads } from '../host/learn/solve-heads.js';
import { vertexColours, type VertexColours } from '../host/learn/vertex-colours.js';
import { builtFace } from './built-face.js';

const size = 112;
const test = suite('learn');
let face: FaceModel;
test.before(async () => void (face = await builtFace()));

/** A tan patch on the cheeks that no painted skin has, in the person's own strength. */
function patched(albedo: Float64Array, strength: number): Float64Array {
  return albedo.map((value, at) => {
    const [x, y] = [Math.abs(face.meanShape[Math.floor(at / 3) * 3]!), face.meanShape[Math.floor(at / 3) * 3 + 1]!];
    return value + (at % 3 === 1 ? 0.12 * strength * Math.exp(-((x - 0.35) ** 2 + (y + 0.1) ** 2) / 0.03) : 0);
  });
}

function photoOf(random: Random, strength: number): VertexColours {
  const coefficients = new Float32Array(coefficientCount);
  coefficientGroup(coefficients, 'albedo')[0] = random.normal();
  coefficientGroup(coefficients, 'angles')[1] = random.between(-0.4, 0.4);
  const light = coefficientGroup(coefficients, 'light');
  for (let channel = 0; channel < 3; channel++) [light[channel * 9], light[channel * 9 + 3]] = [0.25, 0.1];
  const { vertices, albedo } = decodeHost(face, coefficients);
  const { image, coverage } = renderHost(vertices, face.triangles, patched(albedo, strength), light, size);
  return vertexColours(face, coefficients, { image, mask: coverage, size });
}

test('a basis learned from photos holds what the painted one lacks, and puts the tone first', () => {
  const random = randomFor('learn test');
  const strengths = Array.from({ length: 24 }, () => random.normal());
  const photos = strengths.map((strength) => photoOf(random, strength));
  const options = { rounds: 2, vertices: 300, refusedShare: 0, lightRounds: 3, colourNoise: 0.03 };
  const learned = learnAlbedo(face, photos, options, () => undefined);
  assert.ok(learned.errors[1]! < 0.75 * learned.errors[0]!, `errors of the rounds: ${learned.errors.join(', ')}`);
  const mode = (index: number): number[] => Array.from({ length: face.vertexCount }, (_, vertex) => learned.albedoBasis[(vertex * 3 + 1) * albedoCount + index]!);
  const skin = mode(0).filter((_, vertex) => face.skinMask[vertex]);
  assert.ok(skin.filter((value) => value > 0).length > 0.95 * skin.length, 'the tone makes all skin lighter');
  for (let index = 0; index < 4; index++) {
    const values = mode(index);
    assert.ok(values.every((value, vertex) => value === values[face.mirror[vertex]!]), `mode ${index} is the same on both sides`);
  }
});

test('vertices behind others, outside of the mask or at a grazing angle are not seen', () => {
  const coefficients = new Float32Array(coefficientCount);
  coefficientGroup(coefficients, 'angles')[1] = 0.9;
  const grey = { image: new Float32Array(size * size * 3).fill(0.5), size };
  const { seen, colours } = vertexColours(face, coefficients, { ...grey, mask: new Float32Array(size * size).fill(1) });
  assert.ok(seen.some((value) => value > 200));
  const [left, right] = [-1, 1].map((side) => seen.filter((value, vertex) => value > 0 && side * face.meanShape[vertex * 3]! > 0.3).length);
  assert.ok(Math.max(left!, right!) > 3 * Math.min(left!, right!), `${left} and ${right} vertices of the two sides`);
  seen.forEach((value, vertex) => assert.ok(value === 0 || Math.abs(colours[vertex * 3]! - 127.5) < 1));
  assert.ok(vertexColours(face, coefficients, { ...grey, mask: new Float32Array(size * size) }).seen.every((value) => value === 0));
});

test('leading modes are the eigenvectors of the covariance', () => {
  const random = randomFor('modes');
  const axes = [3, 2, 1].map((deviation, index) => ({ deviation, axis: Float64Array.from({ length: 40 }, (_, at) => (at % 3 === index ? deviation / Math.sqrt(14 - (index > 0 ? 1 : 0)) : 0)) }));
  const samples = Array.from({ length: 400 }, () => {
    const sample = new Float32Array(40);
    for (const { axis } of axes) {
      const score = random.normal();
      axis.forEach((value, at) => (sample[at]! += score * value));
    }
    return sample;
  });
  const { modes, deviations } = leadingModes(samples, 3, randomFor('start'));
  axes.forEach(({ axis, deviation }, index) => {
    assert.ok(Math.abs(deviations[index]! - deviation) < 0.25, `deviation ${deviations[index]}`);
    const along = Math.abs(modes[index]!.reduce((sum, value, at) => sum + value * axis[at]!, 0)) / (deviations[index]! * deviation);
    assert.ok(along > 0.97, `mode ${index}: cosine ${along}`);
  });
});

test('ridge regression finds the map, and a large lambda keeps only the constant', () => {
  const random = randomFor('ridge');
  const sums = new RidgeSums(3, 2);
  for (let sample = 0; sample < 60; sample++) {
    const x = [random.normal(), random.normal(), random.normal()];
    sums.add(x, [2 * x[0]! - x[2]! + 0.5, x[1]! - 3]);
  }
  const wanted = [2, 0, 0, 1, -1, 0, 0.5, -3];
  sums.solve(1e-9).forEach((value, at) => assert.ok(Math.abs(value - wanted[at]!) < 1e-6, `entry ${at}: ${value}`));
  assert.ok(sums.solve(1e6).slice(0, 6).every((value) => Math.abs(value) < 1e-4));
});

test('a sample of weight two counts as two samples', () => {
  const random = randomFor('weights');
  const samples = Array.from({ length: 9 }, () => ({ x: [random.normal(), random.normal()], y: [random.normal()] }));
  const [weighted, repeated] = [new RidgeSums(2, 1), new RidgeSums(2, 1)];
  samples.forEach(({ x, y }, index) => {
    weighted.add(x, y, index < 4 ? 2 : 1);
    for (let time = 0; time < (index < 4 ? 2 : 1); time++) repeated.add(x, y);
  });
  weighted.solve(0.3).forEach((value, at) => assert.ok(Math.abs(value - repeated.solve(0.3)[at]!) < 1e-12, `entry ${at}`));
});

test('heads in closed form give the coefficients back through the regressor\'s own formula', () => {
  const random = randomFor('heads');
  const map = Float32Array.from({ length: 5 * coefficientCount }, () => random.normal());
  const pairs = Array.from({ length: 60 }, () => {
    const features = Float32Array.from({ length: 5 }, () => random.normal());
    return { weight: 1, features, coefficients: Float32Array.from({ length: coefficientCount }, (_, at) => features.reduce((sum, value, f) => sum + value * map[f * coefficientCount + at]!, 0.3)) };
  });
  const samples = pairs.map((pair) => [pair]);
  const { heads, report } = solveHeads(samples, { lambdas: [1e-8, 1], heldOutEvery: 6 });
  assert.is(report.length, 7);
  const [kernel, bias] = [heads.get('heads/angles/kernel')!, heads.get('heads/angles/bias')!];
  const { features, coefficients } = pairs[0]!;
  for (let angle = 0; angle < 3; angle++) {
    const sum = features.reduce((total, value, f) => total + (value * kernel.data[f * 3 + angle]!) / Math.sqrt(5), bias.data[angle]!);
    assert.ok(Math.abs(0.3 * sum - coefficients[224 + angle]!) < 1e-3);
  }
  const step = solveHeads(samples, { lambdas: [1e-8, 1], heldOutEvery: 6 }, true).heads;
  assert.equal([...step.keys()], ['direct/kernel', 'output/bias']);
  kernel.data.forEach((value, at) => assert.is(step.get('direct/kernel')!.data[Math.floor(at / 3) * coefficientCount + 224 + (at % 3)], value));
  bias.data.forEach((value, at) => assert.is(step.get('output/bias')!.data[224 + at], value));
});

test('pictures of one sample are left out together, so that what was learned by heart does not choose the strength', () => {
  const random = randomFor('by heart');
  const samples = Array.from({ length: 60 }, () => {
    const pair = { weight: 1, features: Float32Array.from({ length: 30 }, () => random.normal()), coefficients: Float32Array.from({ length: coefficientCount }, () => random.normal()) };
    return [pair, pair];
  });
  const kernelOf = (lambdas: readonly number[]): HostTensor['data'] => solveHeads(samples, { lambdas, heldOutEvery: 2 }, true).heads.get('direct/kernel')!.data;
  assert.equal(kernelOf([1e-4, 100]), kernelOf([100]));
});

test('a learned albedo survives its file in half precision, and one of another mesh is refused', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'albedo-')), 'albedo.safetensors');
  const albedo = { meanAlbedo: face.meanAlbedo, albedoBasis: face.albedoBasis };
  writeAlbedo(path, albedo, { photos: '0' });
  const read = await readAlbedo(path, face.vertexCount);
  read.albedoBasis.forEach((value, at) => assert.ok(Math.abs(value - albedo.albedoBasis[at]!) < 1e-3 * Math.abs(value) + 1e-6));
  const refused = async (file: string): Promise<string> => readAlbedo(file, face.vertexCount + 1).then(() => '', (error: Error) => error.message);
  assert.match(await refused(path), 'another mesh');
  writeFileSync(path, 'no tensors');
  assert.not.equal(await refused(path), '');
});

test.run();
