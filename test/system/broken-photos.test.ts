/** A folder as people have them: a hundred broken files among good photos. All good ones are done, each bad one is named with its reason. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countRefusals, refusalsOf } from '../../framework/cli/quarantine-command.js';
import { readLines } from '../../framework/run/metrics.js';
import { runPipeline } from '../../framework/run-pipeline.js';
import { temporaryFolder } from './support.js';

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo');
const folder = temporaryFolder();
const runs = temporaryFolder();
const path = (...parts: string[]): string => join(folder, ...parts);

// A small photo with a face, so that finding it takes little.
const face = await sharp(join(demo, 'sample6.jpg')).extract({ left: 1080, top: 260, width: 400, height: 400 }).resize(160).jpeg().toBuffer();
const png = await sharp(face).png().toBuffer();
const expected = new Map<string, string>();

function bad(name: string, reason: string, bytes?: Uint8Array): void {
  mkdirSync(dirname(path(name)), { recursive: true });
  if (bytes) writeFileSync(path(name), bytes);
  expected.set(name, reason);
}

/** The JPEG with other dimensions in its frame header. */
function claiming(side: number): Buffer {
  const bytes = Buffer.from(face);
  const frame = [0xc0, 0xc1, 0xc2].map((marker) => bytes.indexOf(Buffer.from([0xff, marker]))).find((at) => at > 0)!;
  bytes.writeUInt16BE(side, frame + 5);
  bytes.writeUInt16BE(side, frame + 7);
  return bytes;
}

const good = ['a good one.jpg', `deep/${'folder/'.repeat(60)}good.png`, 'line\nend "and" 50 % ümlaut 🙂.jpg', '-rf.jpg', `${'long'.repeat(60)}.jpg`];
for (const name of good) {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), name.endsWith('.png') ? png : face);
}
for (let index = 0; index < 25; index++) {
  bad(`cut/${index}.jpg`, 'photo-damaged', face.subarray(0, 300 + index * 60));
  bad(`empty/${index}\n.png`, 'photo-empty', new Uint8Array(0));
  bad(`text/${index}.jpeg`, 'photo-format', Buffer.from(`not a photo ${index}`));
}
for (let index = 0; index < 8; index++) {
  bad(`huge/${index}.jpg`, 'photo-too-large', claiming(30000 + index));
  bad(`cut/${index}.png`, 'photo-damaged', png.subarray(0, 200 + 500 * index));
}
for (let index = 0; index < 5; index++) {
  bad(`links/nowhere ${index}.jpg`, 'photo-unreadable');
  symlinkSync(path('links', `missing ${index}`), path('links', `nowhere ${index}.jpg`));
}
bad('links/one.png', 'photo-unreadable');
bad('links/other.png', 'photo-unreadable');
symlinkSync('other.png', path('links', 'one.png'));
symlinkSync('one.png', path('links', 'other.png'));
symlinkSync(folder, path('links', 'round'));
bad('meadow.png', 'no-face', await sharp({ create: { width: 60, height: 60, channels: 3, background: '#4a7' } }).png().toBuffer());
bad('broken.tar', 'photo-format', Buffer.from('no archive'));
if (process.platform !== 'win32') execFileSync('mkfifo', [path('pipe.jpg')]);
const mayReadAll = process.platform === 'win32' || process.getuid?.() === 0;
if (!mayReadAll) {
  bad('locked.jpg', 'photo-unreadable', face);
  chmodSync(path('locked.jpg'), 0);
  mkdirSync(path('locked'));
  copyFileSync(path('a good one.jpg'), path('locked', 'hidden.jpg'));
  chmodSync(path('locked'), 0);
  expected.set('locked/', 'photo-unreadable');
}

test('every good photo is done, every bad one is named with its reason', async () => {
  assert.ok(expected.size >= 100, `${expected.size} bad ones`);
  const result = await runPipeline({
    file: 'pipelines/inspect-data.yaml', profile: 'tiny', parameters: { photos: folder, rows: '1' }, runsFolder: runs, name: 'broken', device: 'wasm', quiet: true,
    set: ['workers=0'],
  });
  if (!mayReadAll) chmodSync(path('locked'), 0o700);
  const lines = readLines<{ key: string; reason: string; message: string }>(join(result.folder, 'quarantine.jsonl'));
  assert.equal(Object.fromEntries(lines.map(({ key, reason }) => [key, reason]).sort()), Object.fromEntries([...expected].sort()));
  assert.equal([result.exitCode, result.finished, result.refused], [0, good.length, expected.size]);
  for (const { key, message, reason } of lines) if (reason.startsWith('photo-')) assert.ok(message.includes(key.replace(/\/$/, '')), `${message} does not name ${key}`);
  const { sets } = JSON.parse(readFileSync(join(result.folder, 'samples', 'statistics', 'statistics.json'), 'utf8')) as { sets: readonly { faces: number }[] };
  assert.is(sets[0]!.faces, good.length);
});

test('the refused ones are counted by reason, and can be tried again alone', async () => {
  const { run, lines } = refusalsOf(runs, 'inspect-data/broken');
  const counts = Object.fromEntries(countRefusals(lines).map(({ reason, samples }) => [reason, samples]));
  assert.equal([counts['photo-empty'], counts['photo-too-large'], counts['no-face']], [25, 8, 1]);
  writeFileSync(path('text', '3.jpeg'), face); // somebody mended it
  const again = await runPipeline({
    file: run.file('pipeline.yaml'), runsFolder: runs, name: 'again', device: 'wasm', quiet: true, only: ['text/3.jpeg', 'text/4.jpeg', 'gone.jpg'],
  });
  assert.equal([again.finished, again.refused], [1, 1]);
});

test.run();
