import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, useEngine } from '../../../framework/device/index.js';
import { float32, randomFor, type HostTensor } from '../../../framework/index.js';
import { checkGradient, close, normalTensor, runDeviceStage, testStage, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { drawOccluders } from '../host/draw-occluder.js';
import { drawPose } from '../host/draw-pose.js';
import { drawShape, type OccluderKind } from '../host/occluder-shapes.js';
import { pixelNoise } from '../host/pixel-noise.js';
import { erode } from '../maths/erode.js';
import { pasteLayer } from '../maths/paste.js';
import { backdrop, compose, degrade, imperfectMask, mirror, occlude, rotate, vary } from '../plugin.js';

const coefficients = normalTensor([3, 257]);
const image = uniformTensor([3, 20, 20, 3], 0.2, 0.8);
const kinds: OccluderKind[] = ['ellipse', 'blob', 'bar', 'polygon'];

testStage('self-augment/rotate', rotate, { options: { light: 'random' }, inputs: { coefficients } });
testStage('self-augment/occlude', occlude, { options: { size: 20 }, inputs: { image } });
/** A square of 8 px in every picture. */
const square = float32(Float32Array.from({ length: 1200 }, (_, at) => (at % 20 >= 6 && at % 20 < 14 && Math.floor(at / 20) % 20 >= 5 && Math.floor(at / 20) % 20 < 13 ? 1 : 0)), [3, 20, 20, 1]);
const covered = float32(new Float32Array(1200).fill(1), [3, 20, 20, 1]);
testStage('self-augment/imperfect-mask', imperfectMask, { options: { size: 20 }, inputs: { coverage: covered, occluder: square } });
testStage('self-augment/compose', compose, { inputs: { render: image, coverage: uniformTensor([3, 20, 20, 1], 0, 1), photo: uniformTensor([3, 20, 20, 3], 0, 1, 'p') } });

const face = symmetricFace();
testStage('self-augment/vary', vary, { inputs: { coefficients } });
testStage('self-augment/mirror', mirror, { dimensions: { 'face.vertices': 4 }, resources: { face }, inputs: { image, coefficients } });
testStage('self-augment/backdrop', backdrop, { inputs: { image } });
testStage('self-augment/degrade', degrade, { options: { size: 20 }, inputs: { image } });

/** Four vertices, two pairs; every second mode is antisymmetric. */
function symmetricFace(): { vertexCount: number; mirror: Int32Array; identityBasis: Float32Array; expressionBasis: Float32Array; albedoBasis: Float32Array } {
  const random = randomFor('symmetric face');
  const basis = (modes: number, x: 1 | -1): Float32Array => {
    const values = new Float32Array(12 * modes);
    for (let mode = 0; mode < modes; mode++) {
      for (const vertex of [0, 2]) {
        for (let channel = 0; channel < 3; channel++) {
          const value = random.normal();
          values[(vertex * 3 + channel) * modes + mode] = value;
          values[((vertex + 1) * 3 + channel) * modes + mode] = value * (channel === 0 ? x : 1) * (mode % 2 ? -1 : 1);
        }
      }
    }
    return values;
  };
  return { vertexCount: 4, mirror: Int32Array.of(1, 0, 3, 2), identityBasis: basis(80, -1), expressionBasis: basis(64, -1), albedoBasis: basis(80, 1) };
}

test.before(async () => {
  await useEngine('wasm');
});

test('the rim of an occluder is eroded by so many pixels, and what touches the border stays', () => tf.tidy(() => {
  const inner = (radius: number): number[] => [...erode(toTensor(square).slice([0], [1]), radius).dataSync()];
  inner(2).forEach((value, at) => assert.is(value, at % 20 >= 8 && at % 20 < 12 && Math.floor(at / 20) >= 7 && Math.floor(at / 20) < 11 ? 1 : 0));
  assert.ok(erode(tf.ones([1, 5, 5, 1]), 1).dataSync().every((value) => value === 1));
}));

test('an imperfect mask is the coverage without parts of the occluder, as often and as near to its rim as its options say', async () => {
  const draws = 60;
  const hidden = async (options: object): Promise<number[]> => {
    const shares: number[] = [];
    for (let seed = 0; seed < draws / 3; seed++) {
      const { mask } = await runDeviceStage(imperfectMask, { options: { size: 20, ...options }, inputs: { coverage: covered, occluder: square }, seed });
      for (let sample = 0; sample < 3; sample++) {
        const lost = Array.from(mask!.data.slice(400 * sample, 400 * sample + 400), (value, at) => [value, square.data[at]!] as const);
        assert.ok(lost.every(([value, occluder]) => value === 1 || (value === 0 && occluder === 1)), 'the face is lost outside of the occluder');
        shares.push(lost.filter(([value]) => value === 0).length / 64);
      }
    }
    return shares;
  };
  assert.ok((await hidden({ found: 0 })).every((share) => share === 0));
  const whole = await hidden({ found: 1, margin: 0 });
  assert.ok(whole.every((share) => share > 0) && whole.some((share) => share < 0.8) && whole.some((share) => share > 0.95));
  const half = await hidden({ found: 0.5 });
  assert.ok(Math.abs(half.filter((share) => share > 0).length / draws - 0.5) < 0.2);
  // Every second sample keeps a rim of 2 px: 16 of 64 pixels are left.
  const rims = (await hidden({ found: 1, margin: 2 })).filter((share) => share <= 0.25).length;
  assert.ok(rims > 0.3 * draws && rims < 0.75 * draws, `${rims} of ${draws} with a rim`);
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

test('a mirrored picture has the coefficients of the mirrored face: odd modes, yaw, roll, light from the side', async () => {
  const run = async (share: number): Promise<Record<string, HostTensor>> =>
    runDeviceStage(mirror, { options: { share }, dimensions: { 'face.vertices': 4 }, resources: { face }, inputs: { image, coefficients } });
  const [kept, turned] = [await run(0), await run(1)];
  close(kept.coefficients!, coefficients);
  close(kept.image!, image);
  const odd = new Set([225, 226, 254, ...[3, 4, 7].flatMap((band) => [227 + band, 236 + band, 245 + band])]);
  for (let at = 0; at < 257; at++) {
    const sign = at < 224 ? ((at < 80 ? at : at < 144 ? at - 80 : at - 144) % 2 ? -1 : 1) : odd.has(at) ? -1 : 1;
    assert.ok(Math.abs(turned.coefficients!.data[at]! - sign * coefficients.data[at]!) < 1e-6, `coefficient ${at}`);
  }
  for (let column = 0; column < 20; column++) assert.ok(Math.abs(turned.image!.data[column * 3]! - image.data[(19 - column) * 3]!) < 1e-6);
});

test('variations keep the angles, draw lights for their share, and leave out what is set to zero', async () => {
  const none = { identity: 0, expression: 0, albedo: 0, translation: 0, depth: 0, exposure: 0, lightShare: 0 };
  const run = async (options: Record<string, unknown>): Promise<HostTensor> => (await runDeviceStage(vary, { options: { ...none, ...options }, inputs: { coefficients } })).coefficients!;
  const changed = async (options: Record<string, unknown>): Promise<number[]> => {
    const varied = await run(options);
    return Array.from({ length: 257 }, (_, at) => at).filter((at) => varied.data[at] !== coefficients.data[at]);
  };
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);
  assert.equal(await changed({}), range(80, 144));
  assert.equal(await changed({ identity: 1 }), range(0, 144));
  assert.equal(await changed({ lightShare: 1 }), [...range(80, 144), ...range(227, 254)]);
  assert.equal(await changed({ exposure: 1 }), [...range(80, 144), 227, 236, 245]);
  assert.equal(await changed({ translation: 1, depth: 1 }), [...range(80, 144), 254, 255, 256]);
});

test('a background is upside down or as it was; a worse camera stays in range and lets no gradient pass', async () => {
  const turned = (await runDeviceStage(backdrop, { options: { share: 1 }, inputs: { image } })).image!;
  for (let row = 0; row < 20; row++) assert.ok(Math.abs(turned.data[row * 60]! - image.data[(19 - row) * 60]!) < 1e-6);
  const clean = await runDeviceStage(degrade, { options: { size: 20, noise: 0, softness: 0 }, inputs: { image } });
  close(clean.image!, image);
  const bright = await runDeviceStage(degrade, { options: { size: 20, exposure: 3, noise: 0.5 }, inputs: { image } });
  assert.ok(bright.image!.data.every((value) => value >= 0 && value <= 1));
  assert.ok(bright.image!.data.some((value, at) => Math.abs(value - image.data[at]!) > 0.05));
});

test('the noise of pixels has the deviation that was asked for, no mean, and no likeness between neighbours or seeds', () => {
  const [one, other] = [1, 2].map((seed) => pixelNoise(randomFor('noise', seed), 20_000, 0.1)) as [Float32Array, Float32Array];
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value / values.length, 0);
  const product = (a: Float32Array, b: Float32Array): number => mean(a.map((value, at) => value * b[at]!));
  assert.ok(Math.abs(mean(one)) < 0.003 && Math.abs(Math.sqrt(product(one, one)) - 0.1) < 0.002);
  for (const lag of [1, 3, 60]) assert.ok(Math.abs(product(one.slice(0, -lag), one.slice(lag))) < 3e-4, `lag ${lag}`);
  assert.ok(Math.abs(product(one, other)) < 3e-4);
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
