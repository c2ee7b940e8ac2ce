import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32, type HostTensor } from '../../../framework/index.js';
import { runHostStage } from '../../../framework/testing/index.js';
import { faceOval, fillPolygon, type AlignedFace } from '../../preprocess/index.js';
import { useEngine } from '../../../framework/device/index.js';
import { occlude } from '../plugin.js';
import { alignedFaces } from './faces.js';

const size = 112;
let faces: AlignedFace[];
test.before(async () => {
  await useEngine('wasm');
  faces = await alignedFaces(['sample1-03', 'sample6-03'], size);
});

async function run({ image, landmarks }: AlignedFace, options: Record<string, unknown> = {}, key = 'a') {
  const outputs = await runHostStage(occlude, {
    inputs: { image: float32(image, [size, size, 3]), landmarks: float32(landmarks, [468, 2]) }, options, key,
  });
  return { image: (outputs.image as HostTensor).data as Float32Array, occluder: (outputs.occluder as HostTensor).data as Float32Array, kind: outputs.kind as string };
}

function coveredShare({ landmarks }: AlignedFace, occluder: ArrayLike<number>): number {
  const face = fillPolygon(faceOval.map((index) => [landmarks[2 * index], landmarks[2 * index + 1]] as const), size);
  return face.reduce((sum, share, pixel) => sum + share * occluder[pixel], 0) / face.reduce((sum, share) => sum + share, 0);
}

test('every kind covers the wanted share of the face, and only what the mask says changes', async () => {
  for (const face of faces) {
    for (const kind of ['hand', 'glasses', 'card', 'scarf']) {
      for (const area of [0.15, 0.35]) {
        const { image, occluder, kind: drawn } = await run(face, { kind, minArea: area, maxArea: area });
        assert.is(drawn, kind);
        const share = coveredShare(face, occluder);
        assert.ok(Math.abs(share - area) < 0.05, `${kind}: ${share} instead of ${area}`);
        image.forEach((value, at) => {
          if (occluder[Math.floor(at / 3)] === 0) assert.is(value, face.image[at]);
          assert.ok(value >= 0 && value <= 1);
        });
        let difference = 0;
        image.forEach((value, at) => (difference += Math.abs(value - face.image[at])));
        assert.ok(difference / 3 > 0.03 * occluder.reduce((sum, value) => sum + value, 0), `${kind} is visible`);
      }
    }
  }
});

test('the draw depends on seed and key alone', async () => {
  const first = await run(faces[0]);
  assert.equal(await run(faces[0]), first);
  assert.not.equal(await run(faces[0], {}, 'b'), first);
  assert.not.equal(await run(faces[0], { seed: 2 }), first);
  assert.equal((await run(faces[1], {}, 'a')).kind, first.kind);
  const kinds = new Set<string>();
  for (let key = 0; key < 24; key++) kinds.add((await run(faces[0], {}, `${key}`)).kind);
  assert.is(kinds.size, 4);
});

test.run();
