import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine } from '../../../framework/device/index.js';
import { randomFor, type HostTensor } from '../../../framework/index.js';
import { checkGradient, close, normalTensor, runDeviceStage, testStage, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { drawOccluders } from '../host/draw-occluder.js';
import { drawPose } from '../host/draw-pose.js';
import { drawShape, type OccluderKind } from '../host/occluder-shapes.js';
import { pasteLayer } from '../maths/paste.js';
import { compose, occlude, rotate } from '../plugin.js';

const coefficients = normalTensor([3, 257]);
const image = uniformTensor([3, 20, 20, 3], 0.2, 0.8);
const kinds: OccluderKind[] = ['ellipse', 'blob', 'bar', 'polygon'];

testStage('self-augment/rotate', rotate, { options: { light: 'random' }, inputs: { coefficients } });
testStage('self-augment/occlude', occlude, { options: { size: 20 }, inputs: { image } });
testStage('self-augment/compose', compose, { inputs: { render: image, coverage: uniformTensor([3, 20, 20, 1], 0, 1), photo: uniformTensor([3, 20, 20, 3], 0, 1, 'p') } });

test.before(async () => {
  await useEngine('wasm');
});

const column = (value: HostTensor, index: number): number[] => Array.from({ length: 3 }, (_, row) => value.data[row * 257 + index]!);

test('rotate changes the angles and nothing else, differently for each sample, the same for each seed', async () => {
  const run = async (options: Record<string, unknown>, seed = 1): Promise<HostTensor> => (await runDeviceStage(rotate, { options, inputs: { coefficients }, seed })).coefficients!;
  const turned = await run({});
  for (let index = 0; index < 257; index++) {
    const same = column(turned, index).every((value, row) => value === column(coefficients, index)[row]);
    assert.is(same, index < 224 || index >= 227, `coefficient ${index}`);
  }
  assert.is(new Set(column(turned, 225)).size, 3);
  assert.equal(await run({}), turned);
  assert.not.equal((await run({}, 2)).data, turned.data);
  const lit = await run({ light: 'random' });
  assert.equal(column(lit, 225), column(turned, 225));
  assert.not.equal(column(lit, 227), column(coefficients, 227));
  assert.equal(column(lit, 254), column(coefficients, 254));
});

test('poses fill their ranges, and as many are extreme as was asked', () => {
  const range = { yaw: 40, extremeYaw: 80, extremeShare: 0.25, pitch: 10, roll: 5 };
  const poses = Array.from({ length: 2000 }, (_, index) => drawPose(randomFor('pose', index), range).map((angle) => (angle * 180) / Math.PI));
  const largest = (axis: number): number => Math.max(...poses.map((pose) => Math.abs(pose[axis]!)));
  assert.ok(largest(0) <= 10 && largest(0) > 9.9 && largest(2) <= 5 && largest(1) <= 80 && largest(1) > 79);
  const extreme = poses.filter(([, yaw]) => Math.abs(yaw!) > 40).length / poses.length;
  assert.ok(Math.abs(extreme - 0.25) < 0.03, `${extreme} are extreme`);
  const mean = poses.reduce((sum, [, yaw]) => sum + yaw!, 0) / poses.length;
  assert.ok(Math.abs(mean) < 3, 'both sides are equally likely');
});

test('an occluder has the area that was asked for, whatever its shape', () => {
  for (const kind of kinds) {
    for (let trial = 0; trial < 4; trial++) {
      const shape = drawShape(randomFor(kind, trial), kind);
      let inside = 0;
      const [steps, reach] = [500, 1.2 * shape.reach];
      for (let i = 0; i < steps * steps; i++) {
        const [x, y] = [(2 * ((i % steps) + 0.5) / steps - 1) * reach, (2 * (Math.floor(i / steps) + 0.5) / steps - 1) * reach];
        if (shape.inside(x, y) <= 0) continue;
        inside++;
        assert.ok(Math.hypot(x, y) <= shape.reach + 1e-9, `${kind} reaches farther than it says`);
      }
      const area = inside * ((2 * reach) / steps) ** 2;
      assert.ok(Math.abs(area / shape.area - 1) < 0.03, `${kind}: ${area} instead of ${shape.area}`);
    }
  }
});

test('occluders cover about what was asked for, in colours within range', () => {
  const options = { size: 48, kinds, count: [1, 1], area: [0.08, 0.1], skinShare: 0.3 };
  let covered = 0;
  for (let trial = 0; trial < 60; trial++) {
    const picture = drawOccluders(randomFor('occluders', trial), options);
    for (let pixel = 0; pixel < 48 * 48; pixel++) {
      const [red, green, blue, opacity] = picture.subarray(4 * pixel, 4 * pixel + 4) as unknown as [number, number, number, number];
      assert.ok(Math.min(red, green, blue) >= 0 && Math.max(red, green, blue) <= opacity + 1e-6 && opacity <= 1);
      covered += opacity / (60 * 48 * 48);
    }
  }
  assert.ok(covered > 0.06 && covered < 0.1, `${covered} is covered; some lie across the border`);
  assert.ok(drawOccluders(randomFor('none'), { ...options, count: [0, 0] }).every((value) => value === 0));
});

test('occlude changes what its mask marks, and only that', async () => {
  for (const size of [20, 31]) {
    const outputs = await runDeviceStage(occlude, { options: { size, area: [0.1, 0.2] }, inputs: { image } });
    let marked = 0;
    outputs.mask!.data.forEach((mask, pixel) => {
      const change = Math.max(...[0, 1, 2].map((channel) => Math.abs(outputs.image!.data[3 * pixel + channel]! - image.data[3 * pixel + channel]!)));
      assert.ok(mask === 1 || (mask === 0 && change <= 1 / 64 + 1e-6));
      marked += mask;
    });
    assert.ok(marked > 60 && marked < 900, `${marked} pixels are marked`);
  }
});

test('a layer covers by its opacity and lets the gradient through on both sides', async () => {
  tf.tidy(() => {
    const [layer, back] = [tf.tensor4d([0.9, 0.9, 0.9, 0.2, 0.2, 0.2], [1, 1, 2, 3]), tf.fill([1, 1, 2, 3], 0.1)];
    close(pasteLayer(layer, tf.tensor4d([1, 0.25], [1, 1, 2, 1]), back), [0.9, 0.9, 0.9, 0.275, 0.275, 0.275]);
  });
  const opacity = uniformTensor([2, 3, 5, 1], 0, 1);
  await checkGradient((layer, back) => pasteLayer(layer, toTensor(opacity), back), [[2, 3, 5, 3], [2, 3, 5, 3]]);
});

test.run();
