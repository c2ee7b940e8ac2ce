import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitParameters } from '../parameters.js';

const flags = { set: { type: 'option' }, resume: { type: 'boolean' } } as const;

test('unknown flags with a value become parameters, known ones stay', () => {
  const { own, parameters } = splitParameters(['p.yaml', '--photo', 'me.jpg', '--set', 'a=1', '--resume', '--size=64'], flags);
  assert.equal(own, ['p.yaml', '--set', 'a=1', '--resume']);
  assert.equal(parameters, { photo: 'me.jpg', size: '64' });
});

test('a value may be empty or hold an equals sign', () => {
  assert.equal(splitParameters(['--a=', '--b=c=d'], flags).parameters, { a: '', b: 'c=d' });
});

test('an unknown flag without a value is refused by name', () => {
  assert.throws(() => splitParameters(['p.yaml', '--photo'], flags), /'--photo' is neither a flag/);
  assert.throws(() => splitParameters(['--photo', '--resume'], flags), /'--photo' is neither a flag/);
});

test.run();
