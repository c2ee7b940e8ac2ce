/** Metrics of samples, and what they come to. */

export interface MetricSummary {
  readonly mean: number;
  /** Standard deviation over samples, with n − 1; 0 for a single sample. */
  readonly deviation: number;
  /** Samples with a finite value. */
  readonly count: number;
  /** Samples whose value is not finite; they are left out of mean and deviation. */
  readonly nonFinite: number;
}

/** Gathers a row for each sample; gives mean and standard deviation of each column. */
export class MetricTable {
  private readonly rows: { readonly key: string; readonly values: Readonly<Record<string, number>> }[] = [];

  add(key: string, values: Readonly<Record<string, number>>): void {
    this.rows.push({ key, values });
  }

  /** Metrics in the order in which they first came. */
  get names(): string[] {
    return [...new Set(this.rows.flatMap(({ values }) => Object.keys(values)))];
  }

  summary(name: string): MetricSummary {
    const all = this.rows.flatMap(({ values }) => (name in values ? [values[name]] : []));
    const finite = all.filter(Number.isFinite);
    const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
    const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, deviation: finite.length > 1 ? Math.sqrt(squares / (finite.length - 1)) : 0, count: finite.length, nonFinite: all.length - finite.length };
  }

  toJson(): string {
    const metrics = Object.fromEntries(this.names.map((name) => [name, this.summary(name)]));
    return `${JSON.stringify({ samples: this.rows.length, metrics }, null, 2)}\n`;
  }

  toCsv(): string {
    const lines = this.names.map((name) => {
      const { mean, deviation, count, nonFinite } = this.summary(name);
      return [quoted(name), mean, deviation, count, nonFinite].join(',');
    });
    return ['metric,mean,sd,count,nonFinite', ...lines, ''].join('\n');
  }

  toMarkdown(title: string): string {
    const lines = this.names.map((name) => {
      const { mean, deviation, count } = this.summary(name);
      return `| ${name} | ${digits(mean)} | ${digits(deviation)} | ${count} |`;
    });
    return [`## ${title}`, '', '| metric | mean | sd | samples |', '|---|--:|--:|--:|', ...lines, ''].join('\n');
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
