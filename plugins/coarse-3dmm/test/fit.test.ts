import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, randomFor } from '../../../framework/index.js';
import { projectVertices, renderHost, shadeHost, vertexNormalsHost } from '../../rasterizer/index.js';
import { coefficientCount, coefficientGroup, type CoefficientGroup } from '../host/coefficients.js';
import { decodeHost } from '../host/decode-host.js';
import type { FaceModel } from '../host/face-model.js';
import { stage } from '../stages/fit.js';
import { builtFace } from './built-face.js';

const size = 112;
const options = { landmarkNoise: 0.012, openingNoise: 0.003, rounds: 5, lightRounds: 4, colourNoise: 0.08 };
const test = suite('fit');
let face: FaceModel;
test.before(async () => void (face = await builtFace()));

/** A random person of the model in a random pose and light. */
function randomCoefficients(seed: number): Float32Array {
  const random = randomFor('fit test', seed);
  const coefficients = new Float32Array(coefficientCount);
  const fill = (group: CoefficientGroup, spread: number, active = Infinity): void => {
    const part = coefficientGroup(coefficients, group);
    for (let at = 0; at < Math.min(part.length, active); at++) part[at] = spread * random.normal();
  };
  fill('identity', 0.8);
  fill('expression', 0.3, face.activeModes.expression);
  fill('albedo', 0.7);
  fill('light', 0.03);
  const light = coefficientGroup(coefficients, 'light');
  for (let channel = 0; channel < 3; channel++) {
    light[channel * 9 + 2]! += 0.12;
    light[channel * 9 + 3]! += 0.1;
  }
  coefficientGroup(coefficients, 'angles').set([random.between(-0.3, 0.3), random.between(-0.6, 0.6), random.between(-0.4, 0.4)]);
  coefficientGroup(coefficients, 'translation').set([random.between(-0.1, 0.1), random.between(-0.1, 0.1), random.between(-0.4, 0.4)]);
  return coefficients;
}

function densePixels(vertices: Float64Array): Float32Array {
  const projected = projectVertices(vertices, size);
  const { vertices: corners, weights } = face.denseLandmarks;
  return Float32Array.from({ length: 936 }, (_, at) => {
    const point = Math.floor(at / 2);
    return [0, 1, 2].reduce((sum, corner) => sum + weights[point * 3 + corner]! * projected[corners[point * 3 + corner]! * 3 + (at % 2)]!, 0);
  });
}

function photoOf(coefficients: Float32Array, noise = 0): { image: Float32Array; coverage: Float32Array; landmarks: Float32Array } {
  const { vertices, albedo, light } = decodeHost(face, coefficients);
  const random = randomFor('noise');
  const landmarks = densePixels(vertices).map((value) => value + noise * random.normal());
  return { ...renderHost(vertices, face.triangles, albedo, light, size), landmarks };
}

async function run(photo: ReturnType<typeof photoOf>): Promise<{ coefficients: Float32Array; residual: number }> {
  const { run: fit } = await stage.create({ options, stage: 'fit', resource: () => face as never, log: () => undefined });
  const { coefficients, residual } = await fit({
    image: float32(photo.image, [size, size, 3]), landmarks: float32(photo.landmarks, [468, 2]), mask: float32(photo.coverage, [size, size, 1]), located: undefined,
  }, { key: 'test', epoch: 0 });
  return { coefficients: coefficients.data as Float32Array, residual: residual.data[0]! };
}

const rms = (left: ArrayLike<number>, right: ArrayLike<number>): number =>
  Math.sqrt(Array.from(left).reduce((sum, value, at) => sum + (value - right[at]!) ** 2, 0) / left.length);

test('recovers pose, shape and landmarks of faces that it did not see, from exact landmarks', async () => {
  for (let seed = 0; seed < 6; seed++) {
    const truth = randomCoefficients(seed);
    const { coefficients, residual } = await run(photoOf(truth));
    const angles = rms(coefficientGroup(coefficients, 'angles'), coefficientGroup(truth, 'angles'));
    assert.ok(angles < 0.045, `seed ${seed}: angles off by ${angles} rad`);
    assert.ok(residual < 0.006, `seed ${seed}: residual ${residual}`);
    const [fitted, real] = [decodeHost(face, coefficients).vertices, decodeHost(face, truth).vertices];
    const [a, b] = [projectVertices(fitted, size), projectVertices(real, size)];
    assert.ok(rms(a.filter((_, at) => at % 3 < 2), b.filter((_, at) => at % 3 < 2)) < 1, `seed ${seed}: within a pixel of 112`);
  }
});

test('noise of half a pixel on the landmarks costs little', async () => {
  const truth = randomCoefficients(3);
  const { coefficients } = await run(photoOf(truth, 0.5));
  assert.ok(rms(coefficientGroup(coefficients, 'angles'), coefficientGroup(truth, 'angles')) < 0.06);
});

test('the picture rendered from the fit is the picture', async () => {
  for (let seed = 0; seed < 4; seed++) {
    const photo = photoOf(randomCoefficients(seed));
    const again = photoOf((await run(photo)).coefficients);
    let error = 0;
    let count = 0;
    photo.coverage.forEach((covered, pixel) => {
      if (!covered || !again.coverage[pixel]) return;
      for (let channel = 0; channel < 3; channel++) error += (photo.image[pixel * 3 + channel]! - again.image[pixel * 3 + channel]!) ** 2;
      count += 3;
    });
    const decibel = -10 * Math.log10(error / count);
    assert.ok(decibel > 24, `seed ${seed}: ${decibel} dB`);
  }
});

test('dark skin is not explained as dark light: two faces that differ in tone alone keep the order and the shade', async () => {
  const tones = await Promise.all([-1.5, 1].map(async (tone) => {
    const truth = randomCoefficients(1);
    coefficientGroup(truth, 'albedo').fill(0)[0] = tone;
    coefficientGroup(truth, 'light').fill(0);
    for (let channel = 0; channel < 3; channel++) coefficientGroup(truth, 'light')[channel * 9] = 0.27;
    const { vertices, albedo, light } = decodeHost(face, (await run(photoOf(truth))).coefficients);
    const shade = shadeHost(vertexNormalsHost(vertices, face.triangles), light);
    const mean = (values: ArrayLike<number>): number => {
      const chosen = Array.from(values).filter((_, at) => face.skinMask[Math.floor(at / 3)]);
      return chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
    };
    return { albedo: mean(albedo), shade: mean(shade), truth: mean(decodeHost(face, truth).albedo) };
  }));
  const [dark, light] = tones as [typeof tones[0], typeof tones[0]];
  assert.ok(Math.abs(dark.albedo - dark.truth) < 0.08 && Math.abs(light.albedo - light.truth) < 0.08, JSON.stringify(tones));
  assert.ok(Math.abs(dark.shade - light.shade) < 0.12, JSON.stringify(tones));
});

test('lids and lips are as far apart as the landmarks say, though that is a pixel of a face', async () => {
  // Corners of the eye or mouth, the middle of the upper margin and of the lower one, other points of the margins: upper, lower.
  const [eyes, mouth] = [
    [{ corners: [33, 133], margins: [[160, 144], [159, 145], [158, 153]] }, { corners: [362, 263], margins: [[387, 373], [386, 374], [385, 380]] }],
    [{ corners: [78, 308], margins: [[82, 87], [13, 14], [312, 317]] }],
  ] as const;
  const gap = (points: ArrayLike<number>, [one, other]: readonly [number, number]): number =>
    Math.hypot(points[one * 2]! - points[other * 2]!, points[one * 2 + 1]! - points[other * 2 + 1]!);
  for (const [openings, factor] of [[eyes, 0.4], [eyes, 1.3], [mouth, 2]] as const) {
    const photo = photoOf(randomCoefficients(4));
    for (const { margins } of openings) {
      for (const [upper, lower] of margins) {
        const row = upper * 2 + 1;
        photo.landmarks[row] = photo.landmarks[lower * 2 + 1]! + factor * (photo.landmarks[row]! - photo.landmarks[lower * 2 + 1]!);
      }
    }
    const { vertices } = decodeHost(face, (await run(photo)).coefficients);
    const fitted = densePixels(vertices);
    for (const { corners, margins } of openings) {
      const [wanted, got] = [photo.landmarks, fitted].map((points) => gap(points, margins[1]) / gap(points, corners)) as [number, number];
      assert.ok(Math.abs(got - wanted) < 0.05, `${corners.join(' to ')}, ${factor} times as open: ${got} of the width instead of ${wanted}`);
    }
  }
});

test('what lids do behind a cover does not count', async () => {
  const photo = photoOf(randomCoefficients(4));
  const closed = { ...photo, landmarks: Float32Array.from(photo.landmarks) };
  for (const [upper, lower] of [[160, 144], [159, 145], [158, 153], [387, 373], [386, 374], [385, 380]] as const) {
    closed.landmarks[upper * 2 + 1] = photo.landmarks[lower * 2 + 1]! + 0.3 * (photo.landmarks[upper * 2 + 1]! - photo.landmarks[lower * 2 + 1]!);
  }
  const rows = [159, 145].map((point) => photo.landmarks[point * 2 + 1]!);
  const behind = photo.coverage.map((value, pixel) => (Math.abs(Math.floor(pixel / size) - (rows[0]! + rows[1]!) / 2) < 8 ? 0 : value));
  const gapOf = async (seen: typeof photo): Promise<number> => {
    const points = densePixels(decodeHost(face, (await run(seen)).coefficients).vertices);
    return points[145 * 2 + 1]! - points[159 * 2 + 1]!;
  };
  const [open, shut, covered] = [await gapOf(photo), await gapOf(closed), await gapOf({ ...closed, coverage: behind })];
  assert.ok(shut < 0.5 * open && covered > 0.85 * open, `open ${open}, closed ${shut}, behind a cover ${covered} px`);
});

test('dark lenses whose rims the mask lets through do not blacken what is behind them', async () => {
  const shares = await Promise.all([0, 1, 2].map(async (seed) => {
    const truth = randomCoefficients(seed);
    coefficientGroup(truth, 'angles').fill(0);
    const photo = photoOf(truth);
    const rows = [37, 40].map((eye) => projectVertices(decodeHost(face, truth).vertices, size)[face.landmarks[eye]! * 3 + 1]!);
    const behind = (pixel: number, margin: number): boolean => Math.abs(Math.floor(pixel / size) - (rows[0]! + rows[1]!) / 2) < 9 + margin;
    const { coefficients } = await run({
      ...photo, image: photo.image.map((value, at) => (behind(Math.floor(at / 3), 0) ? 0.04 : value)),
      coverage: photo.coverage.map((value, pixel) => (behind(pixel, -2) ? 0 : value)),
    });
    const albedos = [truth, coefficients].map((each) => decodeHost(face, each));
    const places = projectVertices(albedos[0]!.vertices, size);
    const hidden = Array.from(face.skinMask.keys()).filter((vertex) => face.skinMask[vertex] && behind(Math.floor(places[vertex * 3 + 1]!) * size, -2));
    const [real, found] = albedos.map(({ albedo }) => hidden.reduce((sum, vertex) => sum + albedo[vertex * 3]!, 0)) as [number, number];
    return found / real;
  }));
  assert.ok(shares.every((share) => share > 0.92 && share < 1.15), shares.join(', '));
});

test('two people get clearly different coefficients, two pictures of one person like ones', async () => {
  const first = randomCoefficients(10);
  const turned = Float32Array.from(first);
  coefficientGroup(turned, 'angles').set([0.1, -0.3, 0.05]);
  const [a, b, c] = await Promise.all([first, turned, randomCoefficients(11)].map(async (truth) => coefficientGroup((await run(photoOf(truth))).coefficients, 'identity')));
  assert.ok(rms(a!, c!) > 2 * rms(a!, b!), `${rms(a!, c!)} between people, ${rms(a!, b!)} within`);
});

test('without visible skin the colours stay at the mean; landmarks that are not numbers are refused', async () => {
  const photo = photoOf(randomCoefficients(0));
  const { coefficients } = await run({ ...photo, coverage: new Float32Array(size * size) });
  assert.ok(coefficientGroup(coefficients, 'albedo').every((value) => value === 0));
  let message = '';
  await run({ ...photo, landmarks: photo.landmarks.fill(Number.NaN, 10, 12) }).catch((error: Error) => (message = error.message));
  assert.match(message, 'landmarks of this face are not finite');
});

test.run();
