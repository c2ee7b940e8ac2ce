/**
 * Writes the start of the backbone `dense`: the layers of face-api's landmark network, as they come with @vladmandic/face-api (MIT).
 * Usage: node --import tsx plugins/coarse-3dmm/scripts/start-dense.ts weights/dense-start.safetensors
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { encodeSafetensors, float32, sizeOf, type HostTensor } from '../../../framework/index.js';

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization: { readonly scale: number; readonly min: number };
}

const folder = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model');
const [{ weights }] = JSON.parse(readFileSync(join(folder, 'face_landmark_68_model-weights_manifest.json'), 'utf8')) as [{ weights: Entry[] }];
const bytes = readFileSync(join(folder, 'face_landmark_68_model.bin'));

const ours: Readonly<Record<string, string>> = { filters: 'kernel', depthwise_filter: 'depthwise', pointwise_filter: 'pointwise', bias: 'bias' };
const tensors = new Map<string, HostTensor>();
let offset = 0;
for (const { name, shape, quantization: { scale, min } } of weights) {
  const size = sizeOf(shape);
  const values = Float32Array.from(bytes.subarray(offset, offset + size), (level) => level * scale + min);
  offset += size;
  const [block, layer, part] = name.split('/') as [string, string, string];
  if (block.startsWith('dense')) tensors.set(`regress/${block}/${layer}/${ours[part]!}`, float32(values, shape));
}
const target = process.argv[2] ?? 'weights/dense-start.safetensors';
writeFileSync(target, encodeSafetensors(tensors, { source: 'face_landmark_68_model of @vladmandic/face-api 1.7.15 (MIT)' }, { float16: true }));
console.log(`${target}: ${tensors.size} tensors`);
