/** Built-in faces, aligned and masked, for tests. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { builtInFaces, decodePhoto } from '../../dataset/index.js';
import { alignFace, loadFaceNetworks, segmentFace, type AlignedFace } from '../../preprocess/index.js';

export async function alignedFaces(names: readonly string[], size: number): Promise<(AlignedFace & { readonly mask: Float32Array })[]> {
  const networks = await loadFaceNetworks();
  const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo');
  const faces = [];
  for (const name of names) {
    const { file, box } = builtInFaces.find((face) => face.name === name)!;
    const photo = await decodePhoto(join(demo, file), { maxMegapixels: 100 });
    const face = alignFace(photo, box, networks, { size, roll: 'keep', threshold: 0.5, minConfidence: 0.5, maxDisagreement: 0.03, fallback: 'refuse' });
    faces.push({ ...face, mask: segmentFace(face.image, face.landmarks, size).map((value) => (value > 0.5 ? 1 : 0)) });
  }
  networks.dispose();
  return faces;
}
