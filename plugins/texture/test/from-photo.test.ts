/** A face with a known albedo is photographed under known light and pose, and its albedo found again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, type HostTensor } from '../../../framework/index.js';
import { runHostStage, testStage } from '../../../framework/testing/index.js';
import { renderHost, renderWith } from '../../rasterizer/index.js';
import { atlasOf } from '../host/atlas.js';
import { sampleInto } from '../host/sample.js';
import { fromPhoto } from '../plugin.js';
import { base, face, light, photograph, posed, sheetPlaces, truthAt, vertexCount } from './bumpy-face.js';

const photoSize = 256;
const size = 256;
const model = Float32Array.from({ length: vertexCount * 3 }, (_, at) => base[at % 3]! * 0.93);
const degrees = Math.PI / 180;
const atlas = atlasOf(face, size)!;
const places = sheetPlaces({ ids: atlas.triangleOf, barycentrics: Float64Array.from(atlas.weights) });
const truth = Float32Array.from({ length: size * size * 3 }, (_, at) => truthAt(places[2 * Math.floor(at / 3)]!, places[2 * Math.floor(at / 3) + 1]!, at % 3));

interface Found {
  readonly texture: Float32Array;
  readonly confidence: Float32Array;
  readonly albedo: Float32Array;
}

interface Scene {
  readonly yaw: number;
  /** Pixels hidden behind something green. */
  readonly covered?: (column: number, row: number) => boolean;
  readonly options?: object;
}

function inputsOf({ yaw, covered = () => false }: Scene): Record<string, HostTensor> {
  const { image, coverage } = photograph(yaw, photoSize);
  const mask = coverage.map((value, pixel) => (covered((pixel % photoSize) / photoSize, Math.floor(pixel / photoSize) / photoSize) ? 0 : value));
  const seen = image.map((value, at) => (mask[Math.floor(at / 3)]! > 0 ? value : at % 3 === 1 ? 1 : 0));
  return {
    image: float32(seen, [photoSize, photoSize, 3]), mask: float32(mask, [photoSize, photoSize, 1]),
    vertices: float32(posed(yaw), [vertexCount, 3]), albedo: float32(model, [vertexCount, 3]), light: float32(light, [27]),
  };
}

async function find(scene: Scene): Promise<Found> {
  const outputs = await runHostStage(fromPhoto, {
    options: { size, ...scene.options }, resources: { face }, dimensions: { 'face.vertices': vertexCount }, inputs: inputsOf(scene),
  });
  return Object.fromEntries(Object.entries(outputs).map(([port, tensor]) => [port, (tensor as HostTensor).data])) as unknown as Found;
}

/** Root of the mean squared difference over chosen texels. */
function difference(one: Float32Array, other: Float32Array, chosen: (texel: number) => boolean): number {
  let [sum, count] = [0, 0];
  for (let at = 0; at < one.length; at++) {
    const texel = Math.floor(at / 3);
    if (atlas.triangleOf[texel]! < 0 || !chosen(texel)) continue;
    sum += (one[at]! - other[at]!) ** 2;
    count++;
  }
  assert.ok(count > 1000, `${count} numbers are too few to judge by`);
  return Math.sqrt(sum / count);
}

const painted = Float32Array.from({ length: size * size * 3 }, (_, at) => base[at % 3]! * 0.93);
const green = (texture: Float32Array, texel: number): number => texture[texel * 3 + 1]! - texture[texel * 3]!;

testStage('texture/from-photo', fromPhoto, { options: { size }, resources: { face }, dimensions: { 'face.vertices': vertexCount }, inputs: inputsOf({ yaw: 0.2 }) });

test('what the photo shows comes back without its light', async () => {
  const { texture, confidence } = await find({ yaw: 0 });
  const seen = (texel: number): boolean => confidence[texel]! > 0.9;
  const error = difference(texture, truth, seen);
  assert.ok(error < 0.012, `visible texels differ by ${error}`);
  assert.ok(difference(painted, truth, seen) > 4 * error, 'the model is as near');
  assert.ok(confidence.filter((value) => value > 0.9).length > 0.4 * size * size, 'too little is trusted');
});

test('a green thing before one side leaves no trace; the other side and the model stand in', async () => {
  const { texture, confidence } = await find({ yaw: 0, covered: (column, row) => column > 0.55 && row > 0.3 && row < 0.7 });
  const onFace = Array.from(atlas.triangleOf.keys()).filter((texel) => atlas.triangleOf[texel]! >= 0);
  const least = Math.max(...onFace.map((texel) => green(truth, texel)));
  for (const texel of onFace) assert.ok(green(texture, texel) < least + 0.03, `texel ${texel} is green: ${green(texture, texel)}`);
  const hidden = (texel: number): boolean => confidence[texel] === 0 && places[2 * texel]! > 0.3 && Math.abs(places[2 * texel + 1]!) < 0.3;
  const mirrored = Float32Array.from(truth, (_, at) => truthAt(-places[2 * Math.floor(at / 3)]!, places[2 * Math.floor(at / 3) + 1]!, at % 3));
  assert.ok(difference(texture, mirrored, hidden) < 0.6 * difference(painted, mirrored, hidden), 'the seen side does not show on the hidden one');
});

test('where neither side is seen the model stands in, in the tone of what is seen', async () => {
  const { texture, confidence } = await find({ yaw: 0, covered: (_, row) => row > 0.5 });
  const hidden = (texel: number): boolean => confidence[texel] === 0 && places[2 * texel + 1]! < -0.3;
  const smooth = Float32Array.from(truth, (_, at) => base[at % 3]!);
  assert.ok(difference(texture, smooth, hidden) < 0.05, 'another colour than the face\'s');
});

test('no step where the photo ends', async () => {
  const { texture } = await find({ yaw: 0, covered: (column, row) => column > 0.55 && row > 0.4 });
  let largest = 0;
  for (let texel = 0; texel + 1 < size * size; texel++) {
    if ([texel, texel + 1].some((each) => atlas.triangleOf[each]! < 0)) continue;
    const step = [0, 1, 2].map((channel) => Math.abs(texture[(texel + 1) * 3 + channel]! - texture[texel * 3 + channel]!));
    const real = [0, 1, 2].map((channel) => Math.abs(truth[(texel + 1) * 3 + channel]! - truth[texel * 3 + channel]!));
    largest = Math.max(largest, ...step.map((value, channel) => value - real[channel]!));
  }
  assert.ok(largest < 0.06, `a step of ${largest} between neighbours`);
});

test('a face photographed from one side and seen from the other is nearer to the truth than the model', async () => {
  const { texture } = await find({ yaw: 30 * degrees });
  const wanted = photograph(-30 * degrees, photoSize);
  const textured = renderWith(posed(-30 * degrees), face.triangles, (raster) => {
    const uvs = Array.from(raster.ids, (id, pixel) => [0, 1].map((axis) => (id < 0 ? 0
      : [0, 1, 2].reduce((sum, corner) => sum + raster.barycentrics[pixel * 3 + corner]! * atlas.uvs[face.triangles[id * 3 + corner]! * 2 + axis]!, 0))));
    const colours = new Float32Array(raster.ids.length * 3);
    uvs.forEach(([u, v], pixel) => sampleInto({ width: size, height: size, channels: 3, data: texture }, u! * size, (1 - v!) * size, colours, pixel * 3));
    return colours;
  }, light, photoSize).image;
  const plain = renderHost(posed(-30 * degrees), face.triangles, model, light, photoSize).image;
  const psnr = (image: Float32Array): number => {
    let [sum, count] = [0, 0];
    image.forEach((value, at) => {
      if (wanted.coverage[Math.floor(at / 3)] === 0) return;
      sum += (value - wanted.image[at]!) ** 2;
      count++;
    });
    return -10 * Math.log10(sum / count);
  };
  const [found, before] = [psnr(textured), psnr(plain)];
  if (process.env['FLOW_SHOW']) console.log(`${found.toFixed(2)} dB, model ${before.toFixed(2)} dB`);
  assert.ok(found > before + 3, `${found} dB, the model alone ${before} dB`);
});

test('turned far to the side, the hidden cheek is the seen one\'s mirror image, not a smear', async () => {
  const { texture, confidence } = await find({ yaw: 60 * degrees });
  const hidden = (texel: number): boolean => places[2 * texel]! > 0.5 && Math.abs(places[2 * texel + 1]!) < 0.5;
  assert.ok(Array.from(confidence.keys()).filter(hidden).every((texel) => confidence[texel]! < 0.3), 'the far cheek is trusted');
  const mirrored = Float32Array.from(truth, (_, at) => truthAt(-places[2 * Math.floor(at / 3)]!, places[2 * Math.floor(at / 3) + 1]!, at % 3));
  assert.ok(difference(texture, mirrored, hidden) < 0.6 * difference(painted, mirrored, hidden), 'nothing of the near cheek on the far one');
});

test('the source "model" keeps the photo out', async () => {
  const { texture, confidence, albedo } = await find({ yaw: 0, options: { source: 'model' } });
  assert.ok(confidence.every((value) => value === 0));
  assert.ok(difference(texture, painted, () => true) < 1e-6);
  albedo.forEach((value, at) => assert.ok(Math.abs(value - model[at]!) < 1e-5));
});

test('what a network does not believe of the photo is not painted on, though the mask has it', async () => {
  const inputs = inputsOf({ yaw: 0 });
  const wrong = (vertex: number): boolean => face.meanShape[vertex * 3]! > 0.15 && Math.abs(face.meanShape[vertex * 3 + 1]!) < 0.35;
  const shares = (photo: (vertex: number) => number): HostTensor =>
    float32(Float32Array.from({ length: vertexCount * 3 }, (_, at) => [1 - photo((at / 3) | 0), photo((at / 3) | 0), 0][at % 3]!), [vertexCount, 3]);
  const confidenceWith = async (sources: HostTensor | undefined): Promise<Float32Array> => {
    const { confidence } = await runHostStage(fromPhoto, {
      options: { size }, resources: { face }, dimensions: { 'face.vertices': vertexCount }, inputs: sources ? { ...inputs, sources } : inputs,
    });
    return (confidence as HostTensor).data as Float32Array;
  };
  const [plain, believed, doubted] = await Promise.all([undefined, shares(() => 0.85), shares((vertex) => (wrong(vertex) ? 0.1 : 0.85))].map(confidenceWith));
  assert.ok(believed!.every((value, texel) => Math.abs(value - plain![texel]!) < 1e-5), 'shares of a network that believes change something');
  const inside = (texel: number): boolean => places[2 * texel]! > 0.3 && places[2 * texel]! < 0.6 && Math.abs(places[2 * texel + 1]!) < 0.25;
  const covered = Array.from(plain!.keys()).filter(inside);
  assert.ok(covered.length > 100 && covered.every((texel) => doubted![texel] === 0), 'doubted texels are painted on');
  const elsewhere = Array.from(plain!.keys()).filter((texel) => places[2 * texel]! < 0 && plain![texel]! > 0.9);
  assert.ok(elsewhere.length > 1000 && elsewhere.every((texel) => doubted![texel]! > 0.9), 'what is believed is not');
});

test('a transform without its photo is refused', async () => {
  const inputs = { ...inputsOf({ yaw: 0 }), transform: float32([1, 0, 0, 0, 1, 0], [2, 3]) };
  const refused = await runHostStage(fromPhoto, { options: { size }, resources: { face }, dimensions: { 'face.vertices': vertexCount }, inputs }).catch((error: unknown) => error as Error);
  assert.match((refused as Error).message, /Without both/);
});

test.run();
