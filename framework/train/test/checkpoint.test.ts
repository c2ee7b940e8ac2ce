import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeSafetensors, encodeSafetensors } from '../../device/safetensors.js';
import { float32, int32, uint8 } from '../../values/host-tensor.js';
import { listCheckpoints, openCheckpoints, type Checkpoint } from '../checkpoint.js';

const folders: string[] = [];
function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'flow-checkpoint-')));
  return folders.at(-1)!;
}
test.after(() => folders.forEach((path) => rmSync(path, { recursive: true })));

function checkpointAt(step: number): Checkpoint {
  const values = (offset: number) => new Map([['net/kernel', float32([step + offset, 2, -3.5, 1e-30, 5, 6], [2, 3])], ['net/bias', float32([step], [1])]]);
  return {
    variables: values(0), adam: { steps: step, first: values(1), second: values(2) },
    state: {
      step, adamSteps: step, cursor: { epoch: 1, position: 7 }, seed: 3, engine: 'wasm', planDigest: 'abc', dataDigest: 'def', refusedKeys: ['k9'],
      offsets: { 'metrics.jsonl': 120 }, best: { step: 2, value: 0.5 }, validatedAt: 2, nonFinite: 0,
    },
  };
}

test('safetensors: header layout as the format says, all types read back', () => {
  const bytes = Buffer.from(encodeSafetensors(new Map([['x', float32([1.5, -2], [2])], ['i', int32([7, -8, 9], [3, 1])], ['u', uint8([1, 255], [2])]]), { note: 'ü' }));
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<string, unknown>;
  assert.equal(header['x'], { dtype: 'F32', shape: [2], data_offsets: [0, 8] });
  assert.equal(header['i'], { dtype: 'I32', shape: [3, 1], data_offsets: [8, 20] });
  assert.equal(header['__metadata__'], { note: 'ü' });
  assert.is(length % 8, 0);
  assert.is(bytes.readFloatLE(8 + length), 1.5);
  assert.is(bytes.length, 8 + length + 22);
  const { tensors, metadata } = decodeSafetensors(bytes);
  assert.equal(tensors.get('i'), int32([7, -8, 9], [3, 1]));
  assert.equal(tensors.get('u'), uint8([1, 255], [2]));
  assert.is(metadata['note'], 'ü');
});

test('safetensors: every cut of a file is refused', () => {
  const bytes = encodeSafetensors(new Map([['x', float32([1, 2, 3], [3])]]));
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => decodeSafetensors(bytes.subarray(0, length)), (error: { code: string }) => error.code === 'FLOW_WEIGHTS');
  }
});

test('a checkpoint reads back exactly, and only the last k stay', () => {
  const store = openCheckpoints(folder(), 2);
  for (const step of [5, 10, 100]) store.save(checkpointAt(step));
  assert.equal(readdirSync(store.folder).sort(), ['step-00000010.safetensors', 'step-00000100.safetensors']);
  const { checkpoint, damaged } = store.latest();
  assert.equal(checkpoint, checkpointAt(100));
  assert.equal(damaged, []);
});

test('a damaged last checkpoint falls back to the one before, and is named', () => {
  const store = openCheckpoints(folder(), 3);
  for (const step of [1, 2, 3]) store.save(checkpointAt(step));
  const [third, second] = listCheckpoints(store.folder);
  truncateSync(third!, readFileSync(third!).length - 4);
  writeFileSync(second!, 'not a checkpoint');
  const { checkpoint, damaged } = store.latest();
  assert.is(checkpoint!.state.step, 1);
  assert.is(damaged.length, 2);
  assert.match(damaged[0]!, /step-00000003/);
});

test('half-written files beside are ignored, and a folder without checkpoints gives none', () => {
  const store = openCheckpoints(folder(), 2);
  assert.is(store.latest().checkpoint, undefined);
  writeFileSync(join(store.folder, '.step-00000009.safetensors.1.part'), 'half');
  assert.is(store.latest().checkpoint, undefined);
});

test('best.safetensors holds the variables alone', () => {
  const store = openCheckpoints(folder(), 2);
  store.saveBest(checkpointAt(4).variables, { step: 4, value: 0.1 });
  const { tensors } = decodeSafetensors(readFileSync(join(store.folder, 'best.safetensors')));
  assert.equal([...tensors.keys()], ['net/kernel', 'net/bias']);
  assert.is(listCheckpoints(store.folder).length, 0);
});

test('a disk that is full is FLOW_DISK and the older checkpoint stays', () => {
  const store = openCheckpoints(folder(), 1);
  store.save(checkpointAt(1));
  symlinkSync('/dev/full', join(store.folder, `.step-00000002.safetensors.${process.pid}.part`));
  assert.throws(() => store.save(checkpointAt(2)), (error: { code: string; message: string }) => error.code === 'FLOW_DISK' && /no space/.test(error.message));
  assert.is(store.latest().checkpoint!.state.step, 1);
  store.save(checkpointAt(2));
  assert.is(store.latest().checkpoint!.state.step, 2);
});

test.run();
