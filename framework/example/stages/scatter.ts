import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { implementSink } from '../../index.js';
import { scatter } from '../plugin.js';

/** Heights shown, metres. */
const reach = 2;

export const stage = implementSink(scatter, {
  async create({ folder, options: { size } }) {
    const dots: string[] = [];
    const pixel = (value: number): string => (((value + reach) / (2 * reach)) * size).toFixed(1);
    return {
      async write({ measured, predicted }) {
        dots.push(`<circle cx="${pixel(measured.data[0]!)}" cy="${pixel(-predicted.data[0]!)}" r="3"/>`);
      },
      async close({ step }) {
        await mkdir(folder, { recursive: true });
        const line = `<line x1="0" y1="${size}" x2="${size}" y2="0" stroke="#98a3b3"/>`;
        const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="100%" height="100%" fill="#fff"/>${line}<g fill="#2563c9">${dots.join('')}</g></svg>`;
        await sharp(Buffer.from(picture)).png().toFile(join(folder, `step-${step}.png`));
      },
    };
  },
});
