import { join } from 'node:path';
import { implementSink, writeFileAtomic, type HostTensor } from '../../../framework/index.js';
import { stepName } from '../host/file-name.js';
import { enlarged, pictureOf } from '../host/picture.js';
import { writePng } from '../host/png.js';
import { drawSheet, type SheetRow } from '../host/sheet.js';
import { sheet } from '../plugin.js';

export const stage = implementSink(sheet, {
  create: async ({ options, folder }) => {
    let columns: string[] = [];
    let rows: SheetRow[] = [];
    return {
      write: async (inputs, call) => {
        const named = inputs as Readonly<Record<string, HostTensor>>;
        columns = Object.keys(named);
        rows.push({ label: call.key, pictures: Object.values(named).map((image) => enlarged(pictureOf(image), options.scale)) });
      },
      full: () => rows.length >= options.samples,
      close: async ({ step }) => {
        if (rows.length === 0) return;
        const bytes = await writePng(drawSheet(columns, rows, options.across));
        rows = [];
        writeFileAtomic(join(folder, `${stepName(step)}.png`), bytes);
      },
    };
  },
});
