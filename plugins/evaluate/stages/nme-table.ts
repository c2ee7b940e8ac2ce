import { implementSink, writeFileAtomic, type HostTensor } from '../../../framework/index.js';
import { nmeTable } from '../contracts/landmarks.js';
import { YawBins } from '../host/yaw-bins.js';
import { tableStem } from '../host/table-stem.js';

export const stage = implementSink(nmeTable, {
  async create({ options, folder }) {
    let bins = new YawBins();
    return {
      async write({ yaw, ...errors }) {
        const values = Object.entries(errors as Readonly<Record<string, HostTensor>>).map(([name, { data }]) => [name, data[0]!] as const);
        bins.add(yaw?.data[0] ?? 0, Object.fromEntries(values));
      },
      async close({ step }) {
        const stem = tableStem(folder, 'nme', step);
        writeFileAtomic(`${stem}.json`, bins.toJson());
        writeFileAtomic(`${stem}.csv`, bins.toCsv());
        writeFileAtomic(`${stem}.md`, bins.toMarkdown(options.title));
        bins = new YawBins();
      },
    };
  },
});
