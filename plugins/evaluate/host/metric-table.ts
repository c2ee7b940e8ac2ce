/** Metrics of samples, and what they come to. */
import { bootstrapInterval } from './bootstrap.js';

export interface MetricSummary {
  readonly mean: number;
  /** Standard deviation over samples, with n − 1; 0 for a single sample. */
  readonly deviation: number;
  /** The mean lies between these with 95 %: a bootstrap over people, so that several photos of one person count as one draw. */
  readonly interval: readonly [number, number];
  /** Samples with a finite value. */
  readonly count: number;
  /** Samples whose value is not finite; they are left out of mean and deviation. */
  readonly nonFinite: number;
}

/** Gathers a row for each sample; gives mean and standard deviation of each column. */
export class MetricTable {
  private readonly rows: { readonly key: string; readonly person: string; readonly values: Readonly<Record<string, number>> }[] = [];

  /** `person`: who is shown; samples without a name are people of their own. */
  add(key: string, values: Readonly<Record<string, number>>, person = ''): void {
    this.rows.push({ key, person: person || key, values });
  }

  /** Metrics in the order in which they first came. */
  get names(): string[] {
    return [...new Set(this.rows.flatMap(({ values }) => Object.keys(values)))];
  }

  summary(name: string): MetricSummary {
    const rows = this.rows.filter(({ values }) => name in values);
    const known = rows.filter(({ values }) => Number.isFinite(values[name]));
    const finite = known.map(({ values }) => values[name]);
    const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
    const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return {
      mean, deviation: finite.length > 1 ? Math.sqrt(squares / (finite.length - 1)) : 0,
      interval: bootstrapInterval(known.map(({ person, values }) => ({ person, value: values[name] })), name),
      count: finite.length, nonFinite: rows.length - finite.length,
    };
  }

  toJson(): string {
    const metrics = Object.fromEntries(this.names.map((name) => [name, this.summary(name)]));
    return `${JSON.stringify({ samples: this.rows.length, metrics }, null, 2)}\n`;
  }

  toCsv(): string {
    const lines = this.names.map((name) => {
      const { mean, deviation, interval, count, nonFinite } = this.summary(name);
      return [quoted(name), mean, deviation, ...interval, count, nonFinite].join(',');
    });
    return ['metric,mean,sd,low,high,count,nonFinite', ...lines, ''].join('\n');
  }

  toMarkdown(title: string): string {
    const lines = this.names.map((name) => {
      const { mean, deviation, interval, count } = this.summary(name);
      return `| ${name} | ${digits(mean)} | ${interval.map(digits).join(' … ')} | ${digits(deviation)} | ${count} |`;
    });
    return [`## ${title}`, '', '| metric | mean | 95 % interval | sd | samples |', '|---|--:|--:|--:|--:|', ...lines, ''].join('\n');
  }

  /** One line for each sample, in the order of their keys, so that two runs can be compared line by line. */
  samplesToCsv(): string {
    const { names } = this;
    const sorted = [...this.rows].sort((first, second) => (first.key < second.key ? -1 : 1));
    const lines = sorted.map(({ key, values }) => [quoted(key), ...names.map((name) => values[name] ?? '')].join(','));
    return [['key', ...names.map(quoted)].join(','), ...lines, ''].join('\n');
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function digits(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(4)).toString() : '–';
}
