/**
 * Prints the faces that the packaged detector finds in the group photos of `@vladmandic/face-api`, left to right: the raw list behind
 * `host/built-in-faces.ts`, to be looked at before it is taken over.
 *
 *   node --import tsx plugins/dataset/scripts/find-built-in-faces.ts
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { detectFaces, loadFaceNetworks } from '../../preprocess/index.js';
import { decodePhoto } from '../host/decode-photo.js';

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo');
const networks = await loadFaceNetworks();
for (let number = 1; number <= 6; number++) {
  const file = `sample${number}.jpg`;
  const found = detectFaces(await decodePhoto(join(demo, file), { maxMegapixels: 100 }), networks.detector, 0.5);
  for (const { centre, width, height, score } of found.sort((first, second) => first.centre[0] - second.centre[0])) {
    const box = [centre[0] - width / 2, centre[1] - height / 2, width, height].map(Math.round);
    console.log(`${file} [${box.join(', ')}] ${score.toFixed(2)}`);
  }
}
networks.dispose();
