/**
 * Prints `plugins/preprocess/host/standard-mesh.ts`: where the 468 points of a face and the detector's six lie in the square around
 * the detector's box, as the mean over the built-in faces and their mirror images.
 *
 *   node --import tsx plugins/dataset/scripts/standard-mesh.ts
 */
import { alignFace, detectFaces, detectionSquare, invertAffine, loadFaceNetworks, mapPoints, meshMirror } from '../../preprocess/index.js';
import { builtInFaces } from '../host/built-in-faces.js';
import { decodePhoto } from '../host/decode-photo.js';
import { listPhotos } from '../host/list-photos.js';

const networks = await loadFaceNetworks();
const options = { size: 112, roll: 'keep', threshold: 0.5, minConfidence: 0.5, maxDisagreement: 0.03, fallback: 'refuse' } as const;
const sum = new Float64Array(2 * meshMirror.length);
const keySum = new Float64Array(12);
const keyMirror = [1, 0, 2, 3, 5, 4];
const photos = await listPhotos('builtin');
for (const { file, box } of photos) {
  const photo = await decodePhoto(file, { maxMegapixels: 100 });
  const [left, top, width, height] = box!;
  const detection = detectFaces(photo, networks.detector, options.threshold)
    .find(({ centre: [x, y] }) => x > left && y > top && x < left + width && y < top + height)!;
  const face = alignFace(photo, box!, networks, options);
  const points = mapPoints(detectionSquare(detection), mapPoints(invertAffine(face.transform), face.landmarks));
  const keys = mapPoints(detectionSquare(detection), Float32Array.from(detection.keyPoints.flat()));
  add(points, meshMirror, sum);
  add(keys, keyMirror, keySum);
}
networks.dispose();

function add(points: Float32Array, mirror: readonly number[], into: Float64Array): void {
  mirror.forEach((partner, index) => {
    into[2 * index] += points[2 * index] + 1 - points[2 * partner];
    into[2 * index + 1] += points[2 * index + 1] + points[2 * partner + 1];
  });
}

const written = (total: Float64Array): string[] => [...total].map((value) => (value / (2 * builtInFaces.length)).toFixed(4).replace('0.', '.'));
const numbers = written(sum);
const lines = Array.from({ length: Math.ceil(numbers.length / 18) }, (_, line) => `  ${numbers.slice(18 * line, 18 * line + 18).join(', ')},`);
console.log(`/**
 * [468, 2]: where the points of an upright face seen from the front lie in the square around the detector's box (\`detectionSquare\`).
 * Mean over the ${builtInFaces.length} built-in faces and their mirror images (\`plugins/dataset/scripts/standard-mesh.ts\`).
 */
export const standardMesh: Float32Array = Float32Array.of(
${lines.join('\n')}
);

/** [6, 2]: where the detector's own points lie in that square, in its order. */
export const standardKeyPoints: Float32Array = Float32Array.of(
  ${written(keySum).join(', ')},
);`);
