import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgress, formatDuration } from '../progress.js';

function harness(isTTY: boolean) {
  let now = 0;
  const written: string[] = [];
  const progress = createProgress({ output: { isTTY, columns: 60, write: (text) => written.push(text) }, unit: 'step', clock: () => now });
  return { progress, written, at: (seconds: number) => (now = seconds) };
}

test('plain lines come every five seconds and at the end, with rate and time left', () => {
  const { progress, written, at } = harness(false);
  for (let step = 1; step <= 20; step++) {
    at(step);
    progress.update({ step, loss: 1 / step, done: step / 20 });
  }
  progress.end();
  assert.equal(written.map((line) => line.split(' · ')[0]), ['step 1', 'step 6', 'step 11', 'step 16', 'step 20']);
  assert.is(written[1], 'step 6 · 30 % · loss 0.1667 · 1 steps/s · 14 s left\n');
  assert.is(written.at(-1), 'step 20 · 100 % · loss 0.05 · 1 steps/s · 0 s left\n');
});

test('a terminal shows one line, cut to its width, that other lines do not break', () => {
  const { progress, written, at } = harness(true);
  at(1);
  progress.update({ step: 1, loss: 0.5, done: 0.1, notes: { 'a.very.long.name.of.a.metric.that.does.not.fit': 1 } });
  at(3);
  progress.update({ step: 2, loss: 0.5, done: 0.2 });
  progress.say('validation: 1');
  progress.end();
  assert.ok(written.every((text) => text.replace(/\r\u001b\[2K/, '').length <= 60));
  assert.is(written[1], '\r\u001b[2Kstep 2 · 20 % · loss 0.5 · 2 s/step · 16 s left');
  assert.equal(written.slice(2), ['\r\u001b[2K', 'validation: 1\n']);
});

test('durations read as people say them', () => {
  assert.equal([0.4, 59.4, 60, 200, 3600, 3725].map(formatDuration), ['0 s', '59 s', '1 min 00 s', '3 min 20 s', '1 h 00 min', '1 h 02 min']);
});

test.run();
