import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../../framework/index.js';
import { close } from '../../../framework/testing/index.js';
import { NormalEquations } from '../host/fit/least-squares.js';

test('exact equations give their solution', () => {
  const random = randomFor('least squares');
  const truth = Float64Array.from({ length: 7 }, () => random.normal());
  const equations = new NormalEquations(7);
  for (let row = 0; row < 20; row++) {
    const j = Float64Array.from({ length: 7 }, () => random.normal());
    equations.add(j, j.reduce((sum, value, at) => sum + value * truth[at]!, 0), random.between(0.1, 2));
  }
  close(equations.solve(), truth, { rtol: 1e-9, atol: 1e-10 });
});

test('a prior and an observation meet where their weights say', () => {
  const equations = new NormalEquations(1);
  equations.add(Float64Array.of(1), 3, 1 / 0.5 ** 2);
  equations.addPrior(0, 1, 1);
  close(equations.solve(), [(4 * 3 + 1) / 5]);
});

test('an unknown that nothing determines is named', () => {
  const equations = new NormalEquations(2);
  equations.add(Float64Array.of(1, 0), 1, 1);
  assert.throws(() => equations.solve(), /do not determine unknown 1/);
});

test.run();
