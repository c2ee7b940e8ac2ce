import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { implementSink } from '../../index.js';
import { table } from '../plugin.js';

export const stage = implementSink(table, {
  async create({ folder }) {
    const lines = ['key,measured,predicted'];
    return {
      async write({ measured, predicted }, { key }) {
        lines.push(`${key},${measured.data[0]},${predicted.data[0]}`);
      },
      async close({ step }) {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, `step-${step}.csv`), `${lines.join('\n')}\n`);
      },
    };
  },
});
