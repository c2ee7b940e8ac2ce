import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, randomFor, sizeOf, type FlowError, type HostTensor } from '../../../framework/index.js';
import { tf, useEngine, type Variable } from '../../../framework/device/index.js';
import { encodeSafetensors } from '../../../framework/device/safetensors.js';
import { checkGradient, close, expectNoLeak, onEngines, runHostStage, testStage, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { makeFaceParser } from '../networks/face-parser.js';
import { loadFaceParser } from '../networks/load-parser.js';
import { parse, segment } from '../plugin.js';

type Weights = Map<string, HostTensor>;

/** Start values of a network of these widths; biases of `bias`. */
function weightsOf(widths: readonly number[], bias = 0): Weights {
  const weights: Weights = new Map();
  tf.tidy(() => void makeFaceParser(widths, (name, shape, initial) => {
    const data = name.endsWith('bias') ? new Float32Array(sizeOf(shape)).fill(bias) : initial(randomFor('parser', name), shape);
    weights.set(name, float32(data, [...shape]));
    return tf.tensor(data, [...shape]) as Variable;
  }));
  return weights;
}

function networkOf(widths: readonly number[], weights: Weights): (image: tf.Tensor) => tf.Tensor {
  return makeFaceParser(widths, (name) => toTensor(weights.get(name)!) as Variable);
}

testStage('preprocess/parse', parse, { options: { widths: [3, 4, 5] }, inputs: { image: uniformTensor([2, 8, 8, 3], 0, 1) } }, { tolerance: { rtol: 1e-4, atol: 1e-5 } });

const check = onEngines(test);

check('logits have the size of the picture, which need not be square', () => tf.tidy(() => {
  const weights = weightsOf([2, 3, 4]);
  assert.equal(networkOf([2, 3, 4], weights)(tf.zeros([3, 16, 24, 3])).shape, [3, 16, 24, 1]);
}));

check('gradients are what the values say, for the picture and for filters of every kind', async () => {
  await expectNoLeak(async () => {
    // Positive weights and a bright picture keep the rectifiers open, away from their kinks.
    const weights = new Map([...weightsOf([2, 3, 4], 0.5)].map(([name, { data, shape }]) => [name, float32(Float32Array.from(data, Math.abs), shape)]));
    const names = ['enter/kernel', 'down1/shrink/kernel', 'down2/mix/kernel', 'up0/narrow/kernel', 'up1/mix/kernel', 'leave/kernel'];
    await checkGradient((image, ...filters) => tf.tidy(() => {
      const changed = new Map(names.map((name, index) => [name, filters[index]!]));
      return makeFaceParser([2, 3, 4], (name) => (changed.get(name) ?? toTensor(weights.get(name)!)) as Variable)(image);
    }), [uniformTensor([1, 8, 16, 3], 0.5, 1), ...names.map((name) => weights.get(name)!)]);
  });
});

test('the default network has 0.35 M weights: less than a megabyte in half precision', async () => {
  await useEngine('wasm');
  const count = [...weightsOf([16, 32, 64, 128]).values()].reduce((sum, { data }) => sum + data.length, 0);
  assert.ok(Math.abs(count / 1e6 - 0.35) < 0.01, `${count} weights`);
});

const folder = mkdtempSync(join(tmpdir(), 'parser-'));
test.after(() => rmSync(folder, { recursive: true }));

function write(name: string, tensors: Weights): string {
  const file = join(folder, name);
  writeFileSync(file, encodeSafetensors(tensors));
  return file;
}

test('a file gives back the network that it came from, whatever its scope and whatever else it holds', async () => {
  await useEngine('wasm');
  const weights = weightsOf([3, 4, 5]);
  const scoped: Weights = new Map([...weights].map(([name, tensor]) => [`some/parse/${name}`, tensor]));
  for (const [name, tensor] of weights) scoped.set(`adam/first/some/parse/${name}`, float32(new Float32Array(tensor.data.length), tensor.shape));
  const parser = await loadFaceParser(write('scoped.safetensors', scoped));
  const image = uniformTensor([112, 112, 3], 0, 1);
  const expected = tf.tidy(() => networkOf([3, 4, 5], weights)(toTensor(float32(image.data as Float32Array, [1, 112, 112, 3]))).sigmoid().dataSync());
  close(float32(parser.parse(image.data as Float32Array), [112 * 112]), float32(expected as Float32Array, [112 * 112]));
  parser.dispose();
});

test('crops of any size give masks of that size', async () => {
  await useEngine('wasm');
  const parser = write('sized.safetensors', weightsOf([3, 4, 5]));
  for (const size of [64, 150, 300]) {
    const crop = { image: uniformTensor([size, size, 3], 0, 1), landmarks: uniformTensor([468, 2], 0.2 * size, 0.8 * size) };
    const { mask } = await runHostStage(segment, { inputs: crop, options: { parser, soft: true } });
    assert.equal((mask as HostTensor).shape, [size, size, 1]);
    assert.ok((mask as HostTensor).data.every((value) => value >= 0 && value <= 1));
  }
});

const landmarks = uniformTensor([468, 2], 20, 90);

async function errorOf(parser: string): Promise<FlowError> {
  try {
    await runHostStage(segment, { inputs: { image: uniformTensor([112, 112, 3], 0, 1), landmarks }, options: { parser } });
  } catch (error) {
    return error as FlowError;
  }
  throw new Error(`${parser} is taken`);
}

test('files that hold no parser are refused by what they lack', async () => {
  await useEngine('wasm');
  assert.is((await errorOf(join(folder, 'absent.safetensors'))).code, 'FLOW_FILE_MISSING');
  writeFileSync(join(folder, 'text.safetensors'), 'not weights at all');
  assert.is((await errorOf(join(folder, 'text.safetensors'))).code, 'FLOW_WEIGHTS');
  const weights = weightsOf([3, 4, 5]);
  weights.delete('up1/mix/bias');
  const lacking = await errorOf(write('lacking.safetensors', weights));
  assert.is(lacking.code, 'FLOW_WEIGHTS');
  assert.match(String(lacking.fields.got), /up1\/mix\/bias/);
  weights.set('up1/mix/bias', float32([1, 2], [2]));
  assert.match(String((await errorOf(write('wrong.safetensors', weights))).fields.got), /\[2\] instead of \[4\]/);
  assert.match(String((await errorOf(write('other.safetensors', new Map([['conv/kernel', float32([1], [1])]])))).message), /no face parser/);
});

test.run();
