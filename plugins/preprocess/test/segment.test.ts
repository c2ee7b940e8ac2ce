import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, uint8, type HostTensor } from '../../../framework/index.js';
import { runHostStage } from '../../../framework/testing/index.js';
import { builtInFaces } from '../../dataset/index.js';
import type { Point } from '../host/affine.js';
import { fillPolygon } from '../host/fill-polygon.js';
import { faceOval, leftEye, lips } from '../host/mesh-topology.js';
import { align, segment } from '../plugin.js';
import { crop } from './photos.js';

const size = 112;

interface Face {
  readonly image: HostTensor;
  readonly landmarks: HostTensor;
}

const faces: Face[] = [];
test.before(async () => {
  for (const name of ['sample1-03', 'sample4-02', 'sample5-01', 'sample6-03']) {
    const photo = await crop(builtInFaces.find((face) => face.name === name)!);
    faces.push((await runHostStage(align, { inputs: { photo: uint8(photo.data, [300, 300, 3]), face: null } })) as unknown as Face);
  }
});

const parsers = ['unet', 'colour'] as const;

async function maskOf({ image, landmarks }: Face, parser: (typeof parsers)[number], options: Record<string, unknown> = {}): Promise<Float32Array> {
  const { mask } = await runHostStage(segment, { inputs: { image, landmarks }, options: { parser, ...options } });
  return (mask as HostTensor).data as Float32Array;
}

function polygon({ landmarks }: Face, points: readonly number[]): Float32Array {
  return fillPolygon(points.map((index): Point => [landmarks.data[2 * index], landmarks.data[2 * index + 1]]), size);
}

/** The share of a region that the mask marks. */
function share(mask: Float32Array, region: Float32Array): number {
  let [marked, total] = [0, 0];
  region.forEach((weight, pixel) => {
    marked += weight * mask[pixel];
    total += weight;
  });
  return marked / total;
}

/** The face with some pixels of its outline painted over. */
function painted(face: Face, where: (u: number, v: number) => boolean, colour: readonly number[]): { face: Face; region: Float32Array } {
  const at = (index: number): Point => [face.landmarks.data[2 * index], face.landmarks.data[2 * index + 1]];
  const [[left], [right], [, top], [, bottom]] = [at(234), at(454), at(10), at(152)];
  const oval = polygon(face, faceOval);
  const data = Float32Array.from(face.image.data);
  const region = oval.map((weight, pixel) => {
    const [u, v] = [((pixel % size) + 0.5 - left) / (right - left), (Math.floor(pixel / size) + 0.5 - top) / (bottom - top)];
    if (!where(u, v)) return 0;
    data.set(colour, 3 * pixel);
    return weight > 0.99 ? 1 : 0;
  });
  return { face: { image: float32(data, [size, size, 3]), landmarks: face.landmarks }, region };
}

for (const parser of parsers) {
  test(`${parser}: most of a bare face is marked, with eyes and lips, and nothing outside of its outline`, async () => {
    for (const face of faces) {
      const mask = await maskOf(face, parser);
      const oval = polygon(face, faceOval);
      assert.ok(share(mask, oval) > 0.75, `outline: ${share(mask, oval)}`);
      assert.ok(share(mask, polygon(face, lips)) > 0.8, `lips: ${share(mask, polygon(face, lips))}`);
      assert.ok(mask.every((value) => value === 0 || value === 1));
      assert.is(mask.reduce((sum, value, pixel) => sum + (oval[pixel] === 0 ? value : 0), 0), 0);
    }
    const eye = share(await maskOf(faces[1], parser), polygon(faces[1], leftEye));
    assert.ok(eye > 0.8, `an eye: ${eye}`);
  });

  test(`${parser}: what covers the face is left out: a face mask, sunglasses, a dark fringe`, async () => {
    const covers = [
      { name: 'blue mask', where: (_: number, v: number) => v > 0.55, colour: [0.35, 0.6, 0.8] },
      { name: 'white mask', where: (_: number, v: number) => v > 0.55, colour: [0.9, 0.92, 0.93] },
      { name: 'black mask', where: (_: number, v: number) => v > 0.55, colour: [0.03, 0.03, 0.04] },
      { name: 'sunglasses', where: (u: number, v: number) => v > 0.22 && v < 0.48 && Math.abs(u - 0.5) > 0.06 && Math.abs(u - 0.5) < 0.45, colour: [0.04, 0.04, 0.05] },
      { name: 'fringe', where: (u: number, v: number) => v < 0.22 + 0.1 * u, colour: [0.07, 0.05, 0.04] },
    ];
    for (const [index, face] of faces.entries()) {
      const bare = await maskOf(face, parser);
      for (const { name, where, colour } of covers) {
        const covered = painted(face, where, colour);
        const mask = await maskOf(covered.face, parser);
        assert.ok(share(mask, covered.region) < 0.25, `${name} on face ${index}: ${share(mask, covered.region)} of it is marked`);
        const rest = bare.map((value, pixel) => (covered.region[pixel] > 0 ? 0 : value));
        assert.ok(share(mask, rest) > 0.7, `${name} on face ${index}: only ${share(mask, rest)} of the rest is marked`);
      }
    }
  });

  test(`${parser}: darker skin and dimmer light give the same mask`, async () => {
    for (const [index, face] of faces.entries()) {
      const bare = await maskOf(face, parser);
      for (const factors of [[0.45, 0.4, 0.36], [0.6, 0.6, 0.6]]) {
        const data = Float32Array.from(face.image.data, (value, at) => value * factors[at % 3]);
        const mask = await maskOf({ image: float32(data, [size, size, 3]), landmarks: face.landmarks }, parser);
        const both = mask.reduce((sum, value, pixel) => sum + value * bare[pixel], 0);
        const either = mask.reduce((sum, value, pixel) => sum + Math.max(value, bare[pixel]), 0);
        assert.ok(both / either > 0.8, `face ${index} × ${factors.join()}: ${both / either}`);
      }
    }
  });

  test(`${parser}: soft gives probabilities whose rounding is the mask; the same input gives the same bits`, async () => {
    const [soft, hard] = [await maskOf(faces[0], parser, { soft: true }), await maskOf(faces[0], parser)];
    assert.equal(soft.map((value) => (value > 0.5 ? 1 : 0)), hard);
    assert.ok(soft.some((value) => value > 0.01 && value < 0.99));
    assert.equal(await maskOf(faces[0], parser, { soft: true }), soft);
  });

  test(`${parser}: an empty picture gives an empty mask`, async () => {
    const mask = await maskOf({ image: float32(new Float32Array(size * size * 3), [size, size, 3]), landmarks: faces[0].landmarks }, parser);
    assert.is(Math.max(...mask), 0);
  });
}

test.run();
