/** What photos differ in that has no bearing on where skin is: framing, light, colour, sharpness, noise and compression. */
import sharp from 'sharp';
import type { Random } from '../../../framework/index.js';
import { clamp } from './cover.js';
import type { CoveredFace } from './cover-face.js';
import { fieldNoise } from './field-noise.js';

/** The face seen by another camera in another light. Labels move with the pixels; what comes into view from outside is not judged. */
export async function augment(face: CoveredFace, size: number, random: Random): Promise<CoveredFace> {
  const moved = reframe(face, size, random.fork('frame'));
  relight(moved.image, size, random.fork('light'));
  const image = await degrade(moved.image, size, random.fork('camera'));
  return { ...moved, image };
}

/** Turns by up to 25°, scales by up to 15 %, shifts by up to 6 %, mirrors half. */
function reframe(face: CoveredFace, size: number, random: Random): CoveredFace {
  const turn = Math.max(-0.44, Math.min(0.44, random.normal() * 0.15));
  const scale = random.between(0.87, 1.15);
  const [right, down] = [random.between(-0.06, 0.06) * size, random.between(-0.06, 0.06) * size];
  const mirror = random.uniform() < 0.5 ? -1 : 1;
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  const map = new Float32Array(2 * size * size);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const x = (pixel % size) + 0.5 - size / 2 - right;
    const y = Math.floor(pixel / size) + 0.5 - size / 2 - down;
    map[2 * pixel] = mirror * (cos * x + sin * y) + size / 2 - 0.5;
    map[2 * pixel + 1] = cos * y - sin * x + size / 2 - 0.5;
  }
  const moved = (source: Float32Array, channels: number): Float32Array => resample(source, channels, map, size);
  return {
    ...face, image: moved(face.image, 3), mask: moved(face.mask, 1), weight: moved(face.weight, 1),
    cover: moved(face.cover, 1).map((value) => (value > 0.5 ? 1 : 0)),
  };
}

/** Bilinear; outside of the source everything is 0. `map` holds x and y of each pixel in the source, [size, size, 2]. */
function resample(source: Float32Array, channels: number, map: Float32Array, size: number): Float32Array {
  const moved = new Float32Array(source.length);
  const row = size * channels;
  for (let pixel = 0; pixel < size * size; pixel++) {
    const x = map[2 * pixel];
    const y = map[2 * pixel + 1];
    const left = Math.floor(x);
    const top = Math.floor(y);
    if (left < 0 || top < 0 || left >= size - 1 || top >= size - 1) continue;
    const across = x - left;
    const down = y - top;
    for (let channel = 0; channel < channels; channel++) {
      const at = top * row + left * channels + channel;
      const upper = source[at] * (1 - across) + source[at + channels] * across;
      const lower = source[at + row] * (1 - across) + source[at + row + channels] * across;
      moved[pixel * channels + channel] = upper * (1 - down) + lower * down;
    }
  }
  return moved;
}

const levels = 1024;

/** Exposure, contrast, colour of the light, saturation, and light from one side. */
function relight(image: Float32Array, size: number, random: Random): void {
  const gamma = Math.exp(random.between(-0.55, 0.55));
  const [red, green, blue] = [0, 1, 2].map(() => Math.exp(0.12 * random.normal())) as [number, number, number];
  const [contrast, lift] = [random.between(0.75, 1.25), random.between(-0.08, 0.08)];
  const saturation = random.uniform() < 0.08 ? 0 : random.between(0.6, 1.4);
  const [slope, angle] = [random.uniform() < 0.35 ? random.between(0.3, 1.6) : 0, random.between(0, 2 * Math.PI)];
  const [alongX, alongY] = [(slope * Math.cos(angle)) / size, (slope * Math.sin(angle)) / size];
  const curve = Float32Array.from({ length: levels + 1 }, (_, level) => (level / levels) ** gamma);
  const tone = (value: number, light: number): number => (curve[Math.round(levels * clamp(value))] * light - 0.45) * contrast + 0.45 + lift;
  for (let pixel = 0; 3 * pixel < image.length; pixel++) {
    const side = Math.max(0.25, 1 + alongX * ((pixel % size) - size / 2) + alongY * (Math.floor(pixel / size) - size / 2));
    const r = tone(image[3 * pixel], red * side);
    const g = tone(image[3 * pixel + 1], green * side);
    const b = tone(image[3 * pixel + 2], blue * side);
    const grey = 0.3 * r + 0.59 * g + 0.11 * b;
    image[3 * pixel] = clamp(grey + saturation * (r - grey));
    image[3 * pixel + 1] = clamp(grey + saturation * (g - grey));
    image[3 * pixel + 2] = clamp(grey + saturation * (b - grey));
  }
}

/** Half of the pictures: noise, fewer pixels, and JPEG. */
async function degrade(image: Float32Array, size: number, random: Random): Promise<Float32Array> {
  if (random.uniform() < 0.5) return image;
  const side = random.uniform() < 0.4 ? size : Math.round(size / random.between(1, 2.6));
  const [strength, noise] = [random.uniform() < 0.5 ? 0 : random.between(0.01, 0.07), fieldNoise(random.fork('noise'))];
  const quality = 25 + random.integer(71);
  const bytes = Uint8Array.from(image, (value, at) => Math.round(255 * clamp(strength === 0 ? value : value + strength * noise(1.37 * at, 0.73 * (at % 3) + 0.011 * at))));
  const small = sharp(bytes, { raw: { width: size, height: size, channels: 3 } }).resize(side, side);
  const stored = await small.jpeg({ quality }).toBuffer();
  const read = await sharp(stored).resize(size, size, { kernel: 'cubic' }).removeAlpha().toColourspace('srgb').raw().toBuffer();
  return Float32Array.from(read, (value) => value / 255);
}
