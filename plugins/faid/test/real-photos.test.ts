/** On the built-in photos: the features know a face again when it is mirrored or dimmed, and tell other faces apart. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { useEngine } from '../../../framework/device/index.js';
import { float32, type HostTensor } from '../../../framework/index.js';
import { runDeviceStage } from '../../../framework/testing/index.js';
import { builtInFaces, decodePhoto } from '../../dataset/index.js';
import { alignFace, faceOval, loadFaceNetworks } from '../../preprocess/index.js';
import { resource } from '../host/face-api.js';
import { insidePolygon } from '../host/inside-polygon.js';
import { embed } from '../plugin.js';

const size = 112;
const names = ['sample1-03', 'sample3-02', 'sample4-02', 'sample6-02'];
const dimensions = { 'networks.identity': 128, 'networks.attributes': 768, 'networks.features': 896 };

async function alignedFaces(): Promise<{ readonly image: HostTensor; readonly mask: HostTensor }> {
  const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
  const finders = await loadFaceNetworks();
  const [images, masks]: [number[], number[]] = [[], []];
  for (const name of names) {
    const { file, box } = builtInFaces.find((face) => face.name === name)!;
    const photo = await decodePhoto(join(demo, file), { maxMegapixels: 100 });
    const face = alignFace(photo, box, finders, { size, roll: 'keep', threshold: 0.5, minConfidence: 0.5, maxDisagreement: 0.03, fallback: 'refuse' });
    images.push(...face.image);
    masks.push(...insidePolygon(faceOval.map((index) => [face.landmarks[2 * index]!, face.landmarks[2 * index + 1]!]), size));
  }
  finders.dispose();
  return { image: float32(images, [names.length, size, size, 3]), mask: float32(masks, [names.length, size, size, 1]) };
}

const mirrored = (image: HostTensor, channels: number): HostTensor => ({
  ...image,
  data: Float32Array.from(image.data, (_, index) => {
    const [pixel, channel] = [Math.floor(index / channels), index % channels];
    return image.data[(pixel - (pixel % size) + size - 1 - (pixel % size)) * channels + channel]!;
  }),
});

test('a mirrored face is the same person, a dimmed face has the same attributes, another face is and has not', async () => {
  await useEngine('wasm');
  const networks = await resource.build({ attributes: ['age-gender', 'expression'] }, { cacheFolder: '', log: () => undefined });
  const faces = await alignedFaces();
  const describe = (inputs: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> =>
    runDeviceStage(embed, { dimensions, resources: { networks }, inputs });
  const seen = await describe(faces);
  const turned = await describe({ image: mirrored(faces.image, 3), mask: mirrored(faces.mask, 1) });
  const dimmed = await describe({ ...faces, image: { ...faces.image, data: faces.image.data.map((value) => 0.9 * value) as Float32Array } });

  const { mean } = networks.statistics.identity;
  const code = ({ identity }: Record<string, HostTensor>, row: number): number[] =>
    Array.from(identity!.data.slice(128 * row, 128 * row + 128), (value, index) => value - mean[index]!);
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  const cosine = (a: number[], b: number[]): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const described = ({ attributes }: Record<string, HostTensor>, row: number): number[] => Array.from(attributes!.data.slice(768 * row, 768 * row + 768));
  const apart = (a: number[], b: number[]): number => Math.hypot(...a.map((value, index) => value - b[index]!)) / networks.statistics.attributes.spread;
  names.forEach((name, row) => {
    const others = names.map((_, other) => other).filter((other) => other !== row);
    const nearest = Math.max(...others.map((other) => cosine(code(seen, row), code(seen, other))));
    assert.ok(cosine(code(seen, row), code(turned, row)) > nearest + 0.1, `${name}: identity`);
    const closest = Math.min(...others.map((other) => apart(described(seen, row), described(seen, other))));
    assert.ok(apart(described(seen, row), described(dimmed, row)) < 0.5 * closest, `${name}: attributes`);
  });
});

test.run();
