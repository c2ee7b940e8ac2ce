import { implementSink, writeFileAtomic, type HostTensor } from '../../../framework/index.js';
import { verification } from '../contracts/methods.js';
import { checkDifferences } from '../host/method-differences.js';
import { writeMethodTables } from '../host/method-tables.js';
import { MetricTable } from '../host/metric-table.js';
import { cosineOf, pairsOf, summariseDifference, summariseVerification, type Probe } from '../host/verification.js';
import type { MetricSummary } from '../host/summary-text.js';
import { tableStem } from '../host/table-stem.js';

export const stage = implementSink(verification, {
  async create({ options, folder, stage: who }) {
    let metrics = new MetricTable();
    const probes = new Map<string, Probe[]>();
    return {
      async write({ reference, person, ...inputs }, { key }) {
        const photo = reference.data as Float32Array;
        const pictures = Object.entries(inputs as Readonly<Record<string, HostTensor>>).map(([name, { data }]) => [name, data as Float32Array] as const);
        if (probes.size === 0) checkDifferences(who, options.differences, pictures.map(([name]) => name));
        const similarity: Record<string, number> = {};
        for (const [name, picture] of pictures) {
          similarity[name] = cosineOf(picture, photo);
          if (!probes.has(name)) probes.set(name, []);
          probes.get(name)!.push({ person: person || key, picture: picture.slice(), photo: photo.slice() });
        }
        for (const [name, [one, other]] of Object.entries(options.differences)) similarity[name] = similarity[one] - similarity[other];
        metrics.add(key, Object.fromEntries(Object.entries(similarity).map(([name, value]) => [`${name}.similarity`, value])), person);
      },
      async close({ step }) {
        const stem = tableStem(folder, 'table', step);
        const all: Record<string, MetricSummary> = metrics.summaries();
        const pairs = new Map([...probes].map(([name, list]) => [name, pairsOf(list)]));
        const add = (name: string, summaries: object): void => Object.entries(summaries).forEach(([metric, summary]) => (all[`${name}.${metric}`] = summary as MetricSummary));
        for (const [name, own] of pairs) add(name, summariseVerification(own));
        for (const [name, [one, other]] of Object.entries(options.differences)) add(name, summariseDifference(pairs.get(one)!, pairs.get(other)!));
        writeMethodTables(stem, { title: options.title, methods: [...probes.keys()], samples: metrics.samples, metrics: all });
        writeFileAtomic(`${stem}-samples.csv`, metrics.samplesToCsv());
        metrics = new MetricTable();
        probes.clear();
      },
    };
  },
});
