/** Errors of landmarks: numbers of an independent implementation, invariances, refusals. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { float32, sizeOf, type HostTensor } from '../../../framework/index.js';
import { checkGradient, close, normalTensor, runDeviceStage, testOperator, testStage, toTensor, uniformTensor } from '../../../framework/testing/index.js';
import { fivePointError as fiveContract, nme as nmeContract, toPhoto as photoContract } from '../contracts/landmarks.js';
import { fivePointError } from '../maths/five-point-error.js';
import { fivePoints } from '../maths/five-points.js';
import { nme } from '../maths/nme.js';
import { toPhoto } from '../maths/to-photo.js';

/** sin(1), sin(2), … scaled and shifted, so that another language makes the same numbers. */
const wave = (scale: number, shift: number, ...shape: number[]): HostTensor =>
  float32(Float32Array.from({ length: sizeOf(shape) }, (_, index) => shift + scale * Math.sin(1 + index)), shape);

/*
 * numpy 2.4.6, by the steps of 3DDFA's benchmark_aflw2000.py:
 *   def wave(scale, shift, *shape): return np.float32(shift + scale * np.sin(1 + np.arange(np.prod(shape)))).astype(float).reshape(shape)
 *   gt = wave(80, 200, 68, 2).T; fit = gt + wave(3, 1, 136).reshape(68, 2).T[:, ::-1]
 *   size = np.sqrt((gt[0].max() - gt[0].min()) * (gt[1].max() - gt[1].min()))
 *   np.mean(np.sqrt(np.sum((fit - gt) ** 2, 0))) / size; the first 30 points alone: np.mean(np.sqrt(np.sum((fit - gt) ** 2, 0))[:30]) / size
 */
const expected = { all: 0.01946735706, first: 0.01935885702 };
const truth = wave(80, 200, 1, 68, 2);
const errors = wave(3, 1, 1, 68, 2).data;
const fitted = float32(Float32Array.from(truth.data, (value, index) => value + errors[2 * (67 - Math.floor(index / 2)) + (index % 2)]!), [1, 68, 2]);
const firstThirty = float32(Float32Array.from({ length: 68 }, (_, point) => (point < 30 ? 1 : 0)), [1, 68]);

const points = [uniformTensor([2, 68, 2], 0, 112, 'p'), uniformTensor([2, 68, 2], 0, 112, 'q')] as const;
const row = (tensor: Tensor, sample: number): Tensor => tf.slice(tensor, [sample], [1]);
const batchEqualsSingles = (f: (...inputs: Tensor[]) => Tensor, inputs: readonly HostTensor[]) => (): void => void tf.tidy(() => {
  const tensors = inputs.map(toTensor);
  const singles = [0, 1].map((sample) => f(...tensors.map((tensor) => row(tensor, sample))));
  close(f(...tensors), tf.concat(singles, 0), { atol: 1e-6 });
});

testOperator('nme', {
  runs: () => tf.tidy(() => void nme(toTensor(truth), toTensor(truth))),
  shapes: () => tf.tidy(() => assert.equal(nme(toTensor(points[0]), toTensor(points[1])).shape, [2])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => nme(tf.zeros([1, 68, 2]), tf.zeros([1, 51, 2])), /nme: /);
    assert.throws(() => nme(tf.zeros([1, 68, 2]), tf.zeros([1, 68, 2]), tf.zeros([68])), /nme: visible: /);
  }),
  values: () => tf.tidy(() => {
    close(nme(toTensor(fitted), toTensor(truth)), [expected.all], { rtol: 1e-5 });
    close(nme(toTensor(fitted), toTensor(truth), toTensor(firstThirty)), [expected.first], { rtol: 1e-5 });
    close(nme(toTensor(truth), toTensor(truth)), [0], { atol: 1e-6 });
    // A share of the face's size: nothing changes in a picture of twice the size, or moved.
    const changed = (points: HostTensor): Tensor => tf.add(tf.mul(toTensor(points), 2), 31);
    close(nme(changed(fitted), changed(truth)), [expected.all], { rtol: 1e-4 });
    close(nme(toTensor(fitted), toTensor(truth), tf.zeros([1, 68])), [0]);
  }),
  gradient: async () => void (await checkGradient((p) => nme(p!, toTensor(normalTensor([2, 7, 2], 'q'))), [normalTensor([2, 7, 2], 'p')])),
  batch: batchEqualsSingles((p, q) => nme(p!, q!), points),
});

const transforms = float32(Float32Array.of(0.4, 0.1, 5, -0.1, 0.4, -7, 2, 0, 1, 0, 2, 3), [2, 2, 3]);
testOperator('toPhoto', {
  runs: () => tf.tidy(() => void toPhoto(toTensor(points[0]), toTensor(transforms))),
  shapes: () => tf.tidy(() => assert.equal(toPhoto(toTensor(points[0]), toTensor(transforms)).shape, [2, 68, 2])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => toPhoto(tf.zeros([1, 68, 3]), tf.zeros([1, 2, 3])), /toPhoto: points: /);
    assert.throws(() => toPhoto(tf.zeros([2, 68, 2]), tf.zeros([1, 2, 3])), /toPhoto: transform: /);
  }),
  values: () => tf.tidy(() => {
    const photo = toPhoto(toTensor(points[0]), toTensor(transforms)).dataSync();
    const back = Float32Array.from({ length: photo.length }, (_, index) => {
      const [sample, axis] = [Math.floor(index / 136), index % 2];
      const at = sample * 6 + axis * 3;
      const pair = index - axis;
      return transforms.data[at]! * photo[pair]! + transforms.data[at + 1]! * photo[pair + 1]! + transforms.data[at + 2]!;
    });
    close(back, points[0].data, { atol: 1e-3 });
  }),
  gradient: async () => void (await checkGradient((p) => toPhoto(p!, toTensor(transforms)), [normalTensor([2, 5, 2])])),
  batch: batchEqualsSingles((p, t) => toPhoto(p!, t!), [points[0], transforms]),
});

const five = [uniformTensor([2, 5, 2], 0, 100, 'a'), uniformTensor([2, 5, 2], 0, 100, 'b')] as const;
testOperator('fivePointError', {
  runs: () => tf.tidy(() => void fivePointError(toTensor(five[0]), toTensor(five[1]))),
  shapes: () => tf.tidy(() => assert.equal(fivePointError(toTensor(five[0]), toTensor(five[1])).shape, [2])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => fivePointError(tf.zeros([1, 5, 2]), tf.zeros([1, 4, 2])), /fivePointError: /);
    assert.throws(() => fivePoints(tf.zeros([1, 51, 2])), /fivePoints: /);
  }),
  values: () => tf.tidy(() => {
    // Eyes 50 px apart; one point is off by (3, 4), another by 10: 15 / 5 / 50.
    const reference = tf.tensor([30, 40, 60, 80, 45, 60, 35, 80, 60, 80], [1, 5, 2]);
    const found = tf.tensor([33, 44, 60, 80, 45, 60, 35, 90, 60, 80], [1, 5, 2]);
    close(fivePointError(found, reference), [0.06]);
    const landmarks = tf.tensor(Array.from({ length: 136 }, (_, index) => index), [1, 68, 2]);
    close(fivePoints(landmarks), [75, 76, 87, 88, 60, 61, 96, 97, 108, 109]);
  }),
  gradient: async () => void (await checkGradient((p) => fivePointError(p!, toTensor(five[1])), [five[0]])),
  batch: batchEqualsSingles((p, q) => fivePointError(p!, q!), five),
});

testStage('evaluate/nme', nmeContract, { inputs: { landmarks: points[0], reference: points[1], visible: uniformTensor([2, 68], 0, 1) } });
testStage('evaluate/to-photo', photoContract, { inputs: { landmarks: points[0], transform: transforms } });
testStage('evaluate/five-point-error', fiveContract, { inputs: { points: five[0], reference: five[1] } });

const test = suite('landmarks: stages');
test('through the crop and back, an error is a share of the face in the photo', async () => {
  const inCrop = float32(Float32Array.from(points[0].data.subarray(0, 136)), [1, 68, 2]);
  const transform = float32(transforms.data.slice(0, 6) as Float32Array, [1, 2, 3]);
  const { landmarks, five: inPhoto } = await runDeviceStage(photoContract, { inputs: { landmarks: inCrop, transform } });
  const off = float32(landmarks!.data.map((value, index) => value + (index % 2 === 0 ? 3 : 4)) as Float32Array, [1, 68, 2]);
  const extent = (axis: number): number => {
    const values = [...landmarks!.data].filter((_, index) => index % 2 === axis);
    return Math.max(...values) - Math.min(...values);
  };
  const { error } = await runDeviceStage(nmeContract, { inputs: { landmarks: off, reference: landmarks! } });
  close(error!, [5 / Math.sqrt(extent(0) * extent(1))], { rtol: 1e-4 });
  const nose = [...landmarks!.data.slice(60, 62)];
  close(inPhoto!.data.slice(4, 6) as Float32Array, nose);
});
test.run();
