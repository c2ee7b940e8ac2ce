import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor, SampleError, uint8, type HostTensor } from '../../../framework/index.js';
import { close, runHostStage } from '../../../framework/testing/index.js';
import { builtInFaces } from '../../dataset/index.js';
import { alignFace, type AlignedFace, type AlignOptions } from '../host/align-face.js';
import type { Detection } from '../host/blazeface-decode.js';
import { fillPolygon } from '../host/fill-polygon.js';
import { detectFaces, type Box } from '../host/locate-face.js';
import { placeFace } from '../host/place-face.js';
import { standardKeyPoints, standardMesh } from '../host/standard-mesh.js';
import { warpAffine, type Photo } from '../host/warp-affine.js';
import { applyAffine, invertAffine, mapPoints, squareToPicture } from '../host/affine.js';
import { loadFaceNetworks } from '../networks/face-networks.js';
import { align } from '../plugin.js';
import { builtInPhoto, crop, turned } from './photos.js';

const defaults: AlignOptions = { size: 112, roll: 'keep', threshold: 0.5, minConfidence: 0.5, maxDisagreement: 0.03, fallback: 'refuse' };
let networks: Awaited<ReturnType<typeof loadFaceNetworks>>;

function run(photo: Photo, box: Box | null = null, options: Partial<AlignOptions> = {}): AlignedFace {
  return alignFace(photo, box, networks, { ...defaults, ...options });
}

const names = ['sample1-03', 'sample3-02', 'sample5-01', 'sample6-01'];
const photos = new Map<string, Photo>();
test.before(async () => {
  networks = await loadFaceNetworks();
  for (const name of names) photos.set(name, await crop(builtInFaces.find((face) => face.name === name)!));
});

test('the detector finds every face of the group photos, and nothing else', async () => {
  for (const [file, count] of [['sample1.jpg', 3], ['sample5.jpg', 5]] as const) {
    const found = detectFaces(await builtInPhoto(file), networks.detector, 0.6);
    assert.is(found.length, count, file);
    for (const { box } of builtInFaces.filter((face) => face.file === file)) {
      const near = found.find(({ centre }) => Math.hypot(centre[0] - box[0] - box[2] / 2, centre[1] - box[1] - box[3] / 2) < box[2] / 4);
      assert.ok(near, `${file} at ${box.join()}`);
    }
  }
});

test.after(() => networks.dispose());

test('the crop shows the face at Deep3D\'s scale and place, in order', async () => {
  for (const name of names) {
    const aligned = run(photos.get(name)!);
    assert.ok(aligned.confidence > 0.9, name);
    const point = (index: number) => [aligned.landmarks68[2 * index], aligned.landmarks68[2 * index + 1]];
    const [left, top, width, height] = aligned.box;
    assert.ok(width > 55 && width < 95 && height > 55 && height < 95, `${name}: box of ${width} × ${height}`);
    assert.ok(Math.abs(left + width / 2 - 56) < 12 && Math.abs(top + height / 2 - 58) < 14, `${name}: box at ${left}, ${top}`);
    assert.ok(point(36)[0] < point(45)[0] && point(36)[1] < point(48)[1] && point(30)[1] < point(57)[1] && point(57)[1] < point(8)[1], name);
    const around = Math.hypot(point(45)[0] - point(36)[0], point(45)[1] - point(36)[1]);
    assert.ok(around > 25 && around < 50, `${name}: eyes ${around} px apart`);
    assert.ok(aligned.image.every((value) => value >= 0 && value <= 1));
  }
});

test('convention: the transform maps photo to crop; picture, landmarks and transform agree, and its inverse is exact', async () => {
  const photo = photos.get('sample6-01')!;
  const [small, large] = [run(photo, null, { size: 80 }), run(photo, null, { size: 160 })];
  assert.equal([small.transform[1], small.transform[3]], [0, 0], 'roll: keep never turns the photo');
  close(large.transform, small.transform.map((value) => 2 * value), { rtol: 1e-5 });
  close(large.landmarks, small.landmarks.map((value) => 2 * value), { rtol: 1e-4, atol: 1e-3 });
  const inPhoto = mapPoints(invertAffine(small.transform), small.landmarks);
  close(mapPoints(large.transform, inPhoto), large.landmarks, { rtol: 1e-4, atol: 1e-2 });
  // The picture again, from the transform alone.
  assert.equal(small.image, warpAffine(photo, small.transform, 80).map((value) => Math.round(255 * value) / 255), 'in the levels of the photo');
  const corner = applyAffine(invertAffine(small.transform), [0, 0]);
  close([...applyAffine(small.transform, corner)], [0, 0], { atol: 1e-6 });
});

test('a face is found at any roll, and upright levels it', async () => {
  const photo = photos.get('sample3-02')!;
  const plain = run(photo, null, { roll: 'upright' });
  for (const angle of [40, 180, 250]) {
    const aligned = run(turned(photo, (angle * Math.PI) / 180), null, { roll: 'upright' });
    const distances = Array.from({ length: 68 }, (_, index) => Math.hypot(
      aligned.landmarks68[2 * index] - plain.landmarks68[2 * index], aligned.landmarks68[2 * index + 1] - plain.landmarks68[2 * index + 1],
    ));
    const mean = distances.reduce((sum, distance) => sum + distance) / 68;
    assert.ok(mean < 2.5, `${angle}°: landmarks differ by ${mean} px on average`);
  }
});

test('small and large faces, and photos cut tightly around one', async () => {
  const photo = await builtInPhoto('sample6.jpg');
  const face = builtInFaces.find(({ name }) => name === 'sample6-01')!;
  const reference = run(photo, face.box);
  const centre = [face.box[0] + face.box[2] / 2, face.box[1] + face.box[3] / 2] as const;
  for (const [side, size] of [[1200, 200], [320, 64], [300, 900], [300, 200]]) {
    const map = squareToPicture(centre, side, 0, size);
    const width = (face.box[2] * size) / side;
    const picture: Photo = { width: size, height: size, data: Uint8Array.from(warpAffine(photo, map, size), (value) => Math.round(255 * value)) };
    const aligned = run(picture, [0.5 * (size - width), 0.5 * (size - width), width, width]);
    const error = aligned.landmarks68.reduce((sum, value, index) => sum + Math.abs(value - reference.landmarks68[index]), 0) / 136;
    assert.ok(error < 2, `a face of ${Math.round(width)} px: landmarks differ by ${error} px`);
  }
});

/** The photo with the lower half of the face, up to the bridge of the nose, painted over. */
function masked(photo: Photo, { landmarks68, transform }: AlignedFace): Photo {
  const points = mapPoints(invertAffine(transform), landmarks68);
  const outline = [...Array.from({ length: 13 }, (_, index) => index + 2), 28].map((index) => [points[2 * index], points[2 * index + 1]] as const);
  const cover = fillPolygon(outline, photo.width);
  return { ...photo, data: photo.data.map((value, at) => Math.round(value + cover[Math.floor(at / 3)] * ([30, 30, 34][at % 3] - value))) };
}

test('landmarks that the network doubts count where the detector saw the face, and the sample says so', async () => {
  const plain = await crop(builtInFaces.find(({ name }) => name === 'sample5-04')!);
  const clean = run(plain);
  assert.is(clean.located, 'landmarks');
  const covered = masked(plain, clean);
  assert.throws(() => run(covered), (error: unknown) => error instanceof SampleError && error.fields.reason === 'landmarks-unsure');
  const found = run(covered, null, { fallback: 'box' });
  assert.is(found.located, 'unsure');
  assert.ok(found.confidence < 0.5, `confidence ${found.confidence}`);
  const [seen, truth] = [found, clean].map(({ landmarks68, transform }) => mapPoints(invertAffine(transform), landmarks68));
  let error = 0;
  for (let point = 17; point < 48; point++) error += Math.hypot(seen[2 * point] - truth[2 * point], seen[2 * point + 1] - truth[2 * point + 1]) / 31;
  assert.ok(error < 8, `eyes, brows and nose are ${error} px off in a face of about 150 px`);
});

test('a standard face takes the place of landmarks that lie elsewhere: the similarity of the detector\'s points', () => {
  const map = [30, -40, 100, 40, 30, 80] as const; // 50 px, turned by 53°
  const detection: Detection = {
    score: 0.9, centre: [0, 0], width: 50 / 1.5, height: 50 / 1.5,
    keyPoints: Array.from({ length: 6 }, (_, index) => applyAffine(map, [standardKeyPoints[2 * index], standardKeyPoints[2 * index + 1]])),
  };
  const standard = mapPoints(map, standardMesh);
  const look = (points: Float32Array, score = 0.9, isTurned = false) => ({ detection: { ...detection, score }, points, disagreement: 0.01, isTurned });
  const away = standard.map((value) => value + 12);
  close(placeFace([look(away)])!.points, standard, { atol: 1e-3 });
  assert.is(placeFace([look(away)])!.located, 'box');
  assert.equal(placeFace([look(standard.map((value) => value + 2)), look(away)])!.located, 'unsure');
  assert.is(placeFace([look(away, 0.55)]), undefined, 'the detector was not sure enough');
  assert.is(placeFace([look(standard, 0.9, true), look(away, 0.7)])!.located, 'box', 'a turned look comes after an upright one');
});

test('the hint chooses the face', async () => {
  const photo = await builtInPhoto('sample4.jpg');
  const faces = builtInFaces.filter(({ file }) => file === 'sample4.jpg');
  for (const { name, box } of faces.slice(0, 2)) {
    const aligned = run(photo, box);
    const nose = applyAffine(invertAffine(aligned.transform), [aligned.landmarks68[60], aligned.landmarks68[61]]);
    assert.ok(nose[0] > box[0] && nose[0] < box[0] + box[2] && nose[1] > box[1] && nose[1] < box[1] + box[3], name);
  }
});

test('the stage gives the same bits twice, and what its ports promise', async () => {
  const photo = photos.get('sample5-01')!;
  const request = { inputs: { photo: uint8(photo.data, [300, 300, 3]), face: null }, options: { size: 64 } };
  const outputs = await runHostStage(align, request);
  assert.equal(await runHostStage(align, request), outputs);
  assert.equal((outputs.image as HostTensor).shape, [64, 64, 3]);
  close((outputs.transform as HostTensor).data, run(photo, null, { size: 64 }).transform);
});

test('a photo without a face is refused with a cure', () => {
  const random = randomFor('noise');
  const noise: Photo = { width: 120, height: 90, data: Uint8Array.from({ length: 120 * 90 * 3 }, () => random.integer(256)) };
  for (const photo of [noise, { width: 1, height: 1, data: new Uint8Array(3) }]) {
    assert.throws(() => run(photo), (error: unknown) => error instanceof SampleError && error.fields.cure !== undefined);
  }
});

test.run();
