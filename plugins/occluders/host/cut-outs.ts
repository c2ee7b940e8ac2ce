/** Pictures with an alpha channel, to be laid over faces. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { FlowError } from '../../../framework/index.js';
import { clothColour } from './colours.js';
import { clamp, type Cover, type Scene } from './cover.js';

export interface CutOut {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4], RGB and opacity in 0 … 255. */
  readonly data: Uint8Array;
}

/** All PNG files of a folder, in the order of their names, cut to what is not transparent. Throws FLOW_FILE_MISSING when there are none. */
export async function readCutOuts(folder: string, without: readonly string[]): Promise<CutOut[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.toLowerCase().endsWith('.png') && !without.some((part) => name.includes(part))).sort();
  if (files.length === 0) {
    throw new FlowError('FLOW_FILE_MISSING', { message: `The folder ${folder} holds no cut-outs.`, expected: 'PNG files with an alpha channel', cure: 'check the options `cutouts` and `without`' });
  }
  return Promise.all(files.map(async (name) => {
    const trimmed = sharp(join(folder, name)).ensureAlpha().trim({ background: { r: 0, g: 0, b: 0, alpha: 0 } });
    const { data, info } = await trimmed.resize({ width: 192, withoutEnlargement: true }).raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  }));
}

/** A face mask from a picture: from the bridge of the nose to below the chin, stretched, mirrored and dyed at random. */
export function cutOut({ random, at }: Scene, { width, height, data }: CutOut): Cover {
  const [[, bridge], [, chin], [left], [right]] = [at(197), at(152), at(234), at(454)];
  const jitter = (): number => random.between(-0.04, 0.04);
  const [x0, x1] = [left - 0.02 + jitter(), right + 0.02 + jitter()];
  const [y0, y1] = [bridge - 0.04 + 2 * jitter(), chin + 0.05 + jitter()];
  const mirrored = random.uniform() < 0.5;
  const dye = random.uniform() < 0.4 ? clothColour(random) : [1, 1, 1];
  const light = random.between(0.75, 1.1);
  return (u, v, out) => {
    const share = (u - x0) / (x1 - x0);
    const [x, y] = [(mirrored ? 1 - share : share) * width, ((v - y0) / (y1 - y0)) * height];
    out[3] = 0;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const pixel = 4 * (Math.floor(y) * width + Math.floor(x));
    for (let channel = 0; channel < 3; channel++) out[channel] = clamp((data[pixel + channel] / 255) * dye[channel]! * light);
    out[3] = data[pixel + 3] / 255;
  };
}
