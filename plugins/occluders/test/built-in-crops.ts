/** The built-in faces of the test split, aligned. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { float32, type HostTensor } from '../../../framework/index.js';
import { builtInFaces, decodePhoto } from '../../dataset/index.js';
import { alignFace, loadFaceNetworks } from '../../preprocess/index.js';

export const size = 112;

export interface Crop {
  readonly name: string;
  readonly image: HostTensor;
  readonly landmarks: HostTensor;
}

export async function builtInCrops(): Promise<Crop[]> {
  const networks = await loadFaceNetworks();
  const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo');
  const crops: Crop[] = [];
  for (const { name, file, box } of builtInFaces.filter(({ split }) => split === 'test')) {
    const photo = await decodePhoto(join(demo, file), { maxMegapixels: 100 });
    const { image, landmarks } = alignFace(photo, box, networks, { size, roll: 'keep', threshold: 0.5, minConfidence: 0.5, maxDisagreement: 0.03, fallback: 'refuse' });
    crops.push({ name, image: float32(image, [size, size, 3]), landmarks: float32(landmarks, [468, 2]) });
  }
  networks.dispose();
  return crops;
}
