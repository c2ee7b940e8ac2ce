import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { implementSink, writeFileAtomic } from '../../../framework/index.js';
import { boundsOf, type Affine } from '../../preprocess/index.js';
import { FaceStatistics, measure, measureUnits, statisticsText } from '../host/face-statistics.js';
import { statistics } from '../plugin.js';

/** Lines wait until there are so many characters of them: a write costs more than a line. */
const writeSize = 2 ** 14;

const columns = Object.keys(measureUnits);

export const stage = implementSink(statistics, {
  async create({ folder }) {
    let faces = new FaceStatistics();
    let lines: WriteStream | undefined;
    let waiting = '';
    const write = async (line: string): Promise<void> => {
      if (!lines) {
        mkdirSync(folder, { recursive: true });
        lines = createWriteStream(join(folder, 'faces.csv'));
        lines.write(`key,set,located,${columns.join(',')}\n`);
      }
      waiting += line;
      if (waiting.length < writeSize) return;
      const text = waiting;
      waiting = '';
      if (!lines.write(text)) await once(lines, 'drain');
    };
    return {
      async write({ landmarks68, transform, confidence, disagreement, located, mask, photo, set }, { key }) {
        const face = {
          key, set: set ?? '', located, landmarks68: landmarks68.data as Float32Array, transform: [...transform.data] as unknown as Affine,
          confidence: confidence.data[0], disagreement: disagreement.data[0],
          visible: mask && shareOf(mask.data as Float32Array, landmarks68.data as Float32Array),
          photo: photo && ([photo.shape[1], photo.shape[0]] as const),
        };
        const measures = measure(face);
        faces.add(face, measures);
        const cells = [quoted(key), quoted(face.set), located, ...columns.map((name) => (name in measures ? Number(measures[name].toPrecision(5)) : ''))];
        await write(`${cells.join(',')}\n`);
      },
      async close() {
        if (lines) {
          lines.end(waiting);
          waiting = '';
          await once(lines, 'close');
          lines = undefined;
        }
        const sets = faces.summaries();
        faces = new FaceStatistics();
        writeFileAtomic(join(folder, 'statistics.json'), `${JSON.stringify({ sets }, null, 2)}\n`);
        writeFileAtomic(join(folder, 'statistics.md'), statisticsText(sets));
      },
    };
  },
});

/** Pixels of the mask over the area of the box of the landmarks. */
function shareOf(mask: Float32Array, landmarks68: Float32Array): number {
  const [, , width, height] = boundsOf(landmarks68);
  let pixels = 0;
  for (let at = 0; at < mask.length; at++) pixels += mask[at];
  return pixels / Math.max(1, width * height);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
