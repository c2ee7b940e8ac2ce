import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { permutationFor, philox, randomFor } from '../random.js';

test('philox 2x32-10 gives the known answers of the Random123 distribution', () => {
  // kat_vectors of Random123 1.14: "philox2x32 10 <counter 2 words> <key> <result 2 words>", first result word.
  assert.is(philox(0x00000000, 0x00000000, 0x00000000), 0xff1dae59);
  assert.is(philox(0xffffffff, 0xffffffff, 0xffffffff), 0x2c3f628b);
  assert.is(philox(0x243f6a88, 0x85a308d3, 0x13198a2e), 0xdd7ce038);
});

test('the same words give the same numbers, other words give others', () => {
  const draw = (...words: (string | number)[]): number[] => {
    const random = randomFor(...words);
    return [random.uniform(), random.normal(), random.integer(1000)];
  };
  assert.equal(draw(7, 'rotate', 0, 'a'), draw(7, 'rotate', 0, 'a'));
  assert.not.equal(draw(7, 'rotate', 0, 'a'), draw(7, 'rotate', 1, 'a'));
  assert.not.equal(draw('a', 'bc'), draw('ab', 'c'));
  assert.not.equal(draw(1), draw('1'));
});

test('uniform and normal draws have the right moments', () => {
  const random = randomFor('moments');
  const count = 40000;
  let sum = 0;
  let squares = 0;
  let uniformSum = 0;
  for (let index = 0; index < count; index++) {
    const value = random.normal();
    sum += value;
    squares += value * value;
    uniformSum += random.uniform();
  }
  assert.ok(Math.abs(sum / count) < 0.02, `mean ${sum / count}`);
  assert.ok(Math.abs(squares / count - 1) < 0.03, `variance ${squares / count}`);
  assert.ok(Math.abs(uniformSum / count - 0.5) < 0.01, `uniform mean ${uniformSum / count}`);
});

test('a permutation holds every index once and depends on the words', () => {
  const order = permutationFor(100, 3, 'epoch', 1);
  assert.equal([...order].sort((a, b) => a - b), Array.from({ length: 100 }, (_, index) => index));
  assert.not.equal([...order], [...permutationFor(100, 3, 'epoch', 2)]);
});

test.run();
