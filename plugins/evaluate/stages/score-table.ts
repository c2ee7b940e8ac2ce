import { implementSink, writeFileAtomic, type HostTensor } from '../../../framework/index.js';
import { scoreNames, scoreTable } from '../contracts/methods.js';
import { checkDifferences } from '../host/method-differences.js';
import { MetricTable } from '../host/metric-table.js';
import { writeMethodTables } from '../host/method-tables.js';
import { tableStem } from '../host/table-stem.js';

/** Scores that come once more for each group. */
const grouped: readonly string[] = ['psnr', 'psnrOccluded'];

export const stage = implementSink(scoreTable, {
  async create({ options, folder, stage: who }) {
    let metrics = new MetricTable();
    const methods = new Set<string>();
    return {
      async write({ group, person, ...inputs }, { key }) {
        const scores = Object.entries(inputs as Readonly<Record<string, HostTensor>>);
        if (methods.size === 0) checkDifferences(who, options.differences, scores.map(([name]) => name));
        const values: Record<string, number> = {};
        const add = (name: string, row: (index: number) => number): void => scoreNames.forEach((score, index) => {
          values[`${name}.${score}`] = row(index);
          if (group !== undefined && grouped.includes(score)) values[`${name}.${score} (${group})`] = row(index);
        });
        for (const [name, { data }] of scores) {
          methods.add(name);
          add(name, (index) => data[index]);
        }
        const named = Object.fromEntries(scores);
        for (const [name, [one, other]] of Object.entries(options.differences)) add(name, (index) => named[one].data[index] - named[other].data[index]);
        metrics.add(key, values, person);
      },
      async close({ step }) {
        const stem = tableStem(folder, 'table', step);
        writeMethodTables(stem, { title: options.title, methods: [...methods], samples: metrics.samples, metrics: metrics.summaries() });
        writeFileAtomic(`${stem}-samples.csv`, metrics.samplesToCsv());
        metrics = new MetricTable();
      },
    };
  },
});
