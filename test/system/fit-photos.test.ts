import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../framework/index.js';
import { collectValues } from './support.js';

const { collected, keys } = await collectValues(
  { file: 'test/system/pipelines/fit.yaml', set: ['resources.face.with.level=tiny'] },
  ['nme.error', 'quality.psnr', 'fit.coefficients'],
);
const scalars = (reference: string): number[] => collected[reference]!.map((value) => (value as HostTensor).data[0]!);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const coefficients = collected['fit.coefficients']!.map((value) => (value as HostTensor).data);

test('at least ten built-in photos get through', () => {
  assert.ok(keys.length >= 10, `${keys.length} photos`);
});

test('inner landmarks lie within 5 % of the face box on average, and nowhere beyond 10 %', () => {
  const errors = scalars('nme.error');
  assert.ok(mean(errors) < 0.05, `mean ${mean(errors)}`);
  assert.ok(Math.max(...errors) < 0.1, `worst ${Math.max(...errors)}`);
});

test('the render has the colours and light of the photo: more than 17 dB inside the mask on average', () => {
  assert.ok(mean(scalars('quality.psnr')) > 17, `mean ${mean(scalars('quality.psnr'))}`);
});

test('different people get clearly different coefficients', () => {
  // One person never stands twice in the same group photo.
  const distance = (one: number, other: number): number =>
    Math.sqrt(mean(Array.from({ length: 80 }, (_, index) => (coefficients[one]![index]! - coefficients[other]![index]!) ** 2)));
  for (let one = 0; one < keys.length; one++) {
    for (let other = 0; other < one; other++) {
      if (keys[one]!.split('-')[0] !== keys[other]!.split('-')[0]) continue;
      assert.ok(distance(one, other) > 0.15, `${keys[one]} and ${keys[other]}: ${distance(one, other)} σ RMS`);
    }
  }
});

test('no angle leaves the range of faces that the detector finds', () => {
  for (const [index, sample] of coefficients.entries()) {
    const [pitch, yaw, roll] = sample.slice(224, 227);
    assert.ok(Math.abs(pitch!) < 1 && Math.abs(yaw!) < 1.6 && Math.abs(roll!) < 1.2, `${keys[index]}: ${[pitch, yaw, roll].join(', ')}`);
  }
});

test.run();
