import { join } from 'node:path';
import { implementSink, type HostTensor } from '../../../framework/index.js';
import { MetricTable } from '../host/metric-table.js';
import { writeWhole } from '../host/write-whole.js';
import { table } from '../plugin.js';

export const stage = implementSink(table, {
  async create({ options, folder }) {
    let metrics = new MetricTable();
    return {
      async write(inputs, { key }) {
        const values = Object.entries(inputs as Readonly<Record<string, HostTensor>>).map(([name, { data }]) => [name, data[0]] as const);
        metrics.add(key, Object.fromEntries(values));
      },
      async close({ step }) {
        const stem = join(folder, step > 0 ? `table-${String(step).padStart(6, '0')}` : 'table');
        await writeWhole(`${stem}.json`, metrics.toJson());
        await writeWhole(`${stem}.csv`, metrics.toCsv());
        await writeWhole(`${stem}.md`, metrics.toMarkdown(options.title));
        await writeWhole(`${stem}-samples.csv`, metrics.samplesToCsv());
        metrics = new MetricTable();
      },
    };
  },
});
