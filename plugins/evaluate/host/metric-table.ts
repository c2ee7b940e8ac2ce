/** Metrics of samples, and what they come to. */
import { bootstrapMean } from '../../../framework/index.js';
import { quoted, type MetricSummary } from './summary-text.js';

/** Gathers a row for each sample; gives mean and standard deviation of each column. */
export class MetricTable {
  private readonly rows: { readonly key: string; readonly person: string; readonly values: Readonly<Record<string, number>> }[] = [];

  /** `person`: who is shown; samples without a name are people of their own. */
  add(key: string, values: Readonly<Record<string, number>>, person = ''): void {
    this.rows.push({ key, person, values });
  }

  get samples(): number {
    return this.rows.length;
  }

  /** By metric, in the order in which they first came. */
  summaries(): Record<string, MetricSummary> {
    return Object.fromEntries(this.names().map((name) => [name, this.summary(name)]));
  }

  /** One line for each sample, in the order of their keys, so that two runs can be compared line by line; with the person where one is known. */
  samplesToCsv(): string {
    const names = this.names();
    const known = this.rows.some(({ person }) => person !== '');
    const sorted = [...this.rows].sort((first, second) => (first.key < second.key ? -1 : 1));
    const lines = sorted.map(({ key, person, values }) => [quoted(key), ...(known ? [quoted(person)] : []), ...names.map((name) => values[name] ?? '')].join(','));
    return [['key', ...(known ? ['person'] : []), ...names.map(quoted)].join(','), ...lines, ''].join('\n');
  }

  private names(): string[] {
    return [...new Set(this.rows.flatMap(({ values }) => Object.keys(values)))];
  }

  private summary(name: string): MetricSummary {
    const rows = this.rows.filter(({ values }) => name in values);
    const known = rows.filter(({ values }) => Number.isFinite(values[name]));
    const finite = known.map(({ values }) => values[name]);
    const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
    const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return {
      mean, deviation: finite.length > 1 ? Math.sqrt(squares / (finite.length - 1)) : 0,
      interval: bootstrapMean(known.map(({ key, person, values }) => ({ group: person || key, value: values[name] })), name),
      count: finite.length, nonFinite: rows.length - finite.length,
    };
  }
}
