import { implementSink, writeFileAtomic, type HostTensor } from '../../../framework/index.js';
import { MetricTable } from '../host/metric-table.js';
import { summariesToCsv, summariesToJson, summariesToMarkdown } from '../host/summary-text.js';
import { tableStem } from '../host/table-stem.js';
import { table } from '../plugin.js';

export const stage = implementSink(table, {
  async create({ options, folder }) {
    let metrics = new MetricTable();
    return {
      async write({ group, person, ...inputs }, { key }) {
        const values = Object.entries(inputs as Readonly<Record<string, HostTensor>>).map(([name, { data }]) => [name, data[0]] as const);
        const named = Object.fromEntries(values);
        for (const [name, [one, other]] of Object.entries(options.differences)) values.push([name, named[one] - named[other]]);
        const ofGroup = group === undefined ? [] : values.map(([name, value]) => [`${name} (${group})`, value] as const);
        metrics.add(key, Object.fromEntries([...values, ...ofGroup]), person);
      },
      async close({ step }) {
        const stem = tableStem(folder, 'table', step);
        const summaries = metrics.summaries();
        writeFileAtomic(`${stem}.json`, summariesToJson(metrics.samples, summaries));
        writeFileAtomic(`${stem}.csv`, summariesToCsv(summaries));
        writeFileAtomic(`${stem}.md`, summariesToMarkdown(options.title, summaries));
        writeFileAtomic(`${stem}-samples.csv`, metrics.samplesToCsv());
        metrics = new MetricTable();
      },
    };
  },
});
