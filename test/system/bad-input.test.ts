/** What people get wrong: a clear error with its code and exit code, and what was finished is still there. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../framework/cli/index.js';
import type { FlowError, FlowErrors } from '../../framework/index.js';
import { runPipeline, type RunOptions, type RunResult } from '../../framework/run-pipeline.js';
import { listCheckpoints } from '../../framework/train/checkpoint.js';
import { findRun } from '../../framework/run/run-folder.js';
import { readLines, readStepMetrics } from '../../framework/run/metrics.js';
import { temporaryFolder, writePipeline } from './support.js';

const photos = temporaryFolder();
const photo = (name: string): string => join(photos, name);
const sample = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo', 'sample1.jpg');
copyFileSync(sample, photo('face.jpg'));
writeFileSync(photo('cut-off.jpg'), readFileSync(sample).subarray(0, 5000));
await sharp({ create: { width: 200, height: 200, channels: 3, background: '#4a7' } }).jpeg().toFile(photo('meadow.jpg'));

const runs = temporaryFolder();

function reconstruct(source: string, name: string): Promise<RunResult> {
  return runPipeline({
    file: 'pipelines/reconstruct.yaml', profile: 'tiny', parameters: { photo: source }, runsFolder: runs, name, device: 'wasm', quiet: true, set: ['workers=0'],
  });
}

async function failure(run: Promise<unknown>): Promise<FlowError> {
  const error = await run.then(() => assert.unreachable('it must fail'), (reason: FlowError | FlowErrors) => reason) as FlowError | FlowErrors;
  return 'problems' in error ? error.problems[0]! : error;
}

test('a photo that is not there', async () => {
  const error = await failure(reconstruct(photo('nowhere.jpg'), 'missing'));
  assert.equal([error.code, error.exitCode], ['FLOW_FILE_MISSING', 2]);
  assert.match(error.describe(), /nowhere\.jpg does not exist/);
});

test('a JPEG that breaks off', async () => {
  const error = await failure(reconstruct(photo('cut-off.jpg'), 'corrupt'));
  assert.equal([error.code, error.exitCode], ['FLOW_SAMPLE', 1]);
  assert.match(error.describe(), /cut-off\.jpg cannot be decoded: it is damaged/);
});

test('a photo without a face', async () => {
  const error = await failure(reconstruct(photo('meadow.jpg'), 'faceless'));
  assert.equal([error.code, error.exitCode], ['FLOW_SAMPLE', 1]);
  assert.match(error.describe(), /\[align\]: No face was found/);
  const record = findRun(runs, 'reconstruct/faceless').readRecord();
  assert.equal([record.state, record.exitCode], ['failed', 1]);
});

test('both among good photos: they are set aside by name, and the good ones are done', async () => {
  const folder = photo('all');
  mkdirSync(folder);
  for (const name of ['face.jpg', 'cut-off.jpg', 'meadow.jpg']) copyFileSync(photo(name), join(folder, name));
  const result = await reconstruct(folder, 'mixed');
  assert.equal([result.exitCode, result.finished, result.refused], [0, 1, 2]);
  assert.ok(existsSync(join(result.folder, 'samples', 'mesh', 'face.jpg.glb')));
  const aside = readLines<{ key: string; stage: string; code: string }>(join(result.folder, 'quarantine.jsonl'));
  assert.equal(aside.map(({ key, stage, code }) => [key, stage, code]).sort(), [['cut-off.jpg', 'photo', 'FLOW_SAMPLE'], ['meadow.jpg', 'align', 'FLOW_SAMPLE']]);
});

/** Runs a command of `flow` here and returns how the process would end, and what it would say. */
async function command(...words: string[]): Promise<{ readonly exitCode: unknown; readonly text: string }> {
  const [name, ...rest] = words;
  const write = process.stderr.write;
  let text = '';
  process.stderr.write = ((chunk: string) => Boolean((text += chunk))) as typeof process.stderr.write;
  try {
    await commands[name as 'run'].run(rest, process.cwd());
    return { exitCode: 0, text };
  } catch (error) {
    return { exitCode: (error as { oclif?: { exit?: number } }).oclif?.exit, text };
  } finally {
    process.stderr.write = write;
  }
}

const mistakes: Readonly<Record<string, { readonly document: object; readonly says: readonly RegExp[] }>> = {
  'an unknown stage type': { document: { stages: { segment: { use: 'preprocess/segmnet' } } }, says: [/FLOW_STAGE_UNKNOWN/, /preprocess\/segment\b/, /mistaken\.yaml:\d+:\d+/] },
  'a misspelt option': { document: { stages: { align: { with: { rol: 'upright' } } } }, says: [/FLOW_OPTION/, /rol/, /roll/] },
  'a shape conflict': { document: { stages: { turned: { use: 'losses/landmark', in: { predicted: 'align.landmarks', target: 'align.landmarks68' } } } }, says: [/FLOW_PORT_TYPE/, /468/, /68/] },
  'two mistakes at once': { document: { stages: { align: { with: { size: 'big' } }, segment: { in: { image: 'align.picture' } } } }, says: [/FLOW_OPTION/, /FLOW_EDGE/, /no output "picture"/] },
};

for (const [what, { document, says }] of Object.entries(mistakes)) {
  test(`${what}: the command ends with 2 before anything runs`, async () => {
    const file = writePipeline('mistaken', ['pipelines/train-full.yaml'], document);
    const { exitCode, text } = await command('run', file, '--runs', runs);
    assert.is(exitCode, 2, text);
    for (const pattern of says) assert.match(text, pattern);
    assert.not(existsSync(join(runs, 'mistaken')), 'a run was begun');
  });
}

test('a disk that is full while a checkpoint is written: the earlier one stays, and the run goes on from it', async () => {
  const file = writePipeline('full-disk', ['pipelines/train-full.yaml', 'test/system/pipelines/small.yaml'], { train: { stop: { steps: 2 } } });
  const options: RunOptions = { file, name: 'face', runsFolder: runs, device: 'wasm', quiet: true, set: ['train.stop.steps=1'] };
  const { folder } = await runPipeline(options);
  const longer: RunOptions = { ...options, set: [], resume: true };
  const part = join(folder, 'checkpoints', `.step-00000002.safetensors.${process.pid}.part`);
  symlinkSync('/dev/full', part);
  const error = await failure(runPipeline(longer));
  assert.equal([error.code, error.exitCode], ['FLOW_DISK', 1]);
  assert.match(error.message, /no space is left/);
  assert.is(listCheckpoints(join(folder, 'checkpoints')).length, 1);
  assert.is(findRun(runs, 'full-disk/face').readRecord().state, 'failed');
  assert.is((await runPipeline(longer)).step, 2);
  assert.equal(readStepMetrics(folder).map(({ step }) => step), [1, 2]);
});

test.run();
