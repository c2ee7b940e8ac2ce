/** What metrics come to, as JSON, CSV and Markdown. */

export interface MetricSummary {
  readonly mean: number;
  /** Standard deviation over samples, with n − 1; 0 for a single sample; NaN of a metric that single samples do not have. */
  readonly deviation: number;
  /** The mean lies between these with 95 %: a bootstrap over people, so that several photos of one person count as one draw. */
  readonly interval: readonly [number, number];
  /** Samples with a finite value. */
  readonly count: number;
  /** Samples whose value is not finite; they are left out of mean and deviation. */
  readonly nonFinite: number;
}

export type Summaries = Readonly<Record<string, MetricSummary>>;

export function summariesToJson(samples: number, metrics: Summaries): string {
  return `${JSON.stringify({ samples, metrics }, null, 2)}\n`;
}

export function summariesToCsv(metrics: Summaries): string {
  const lines = Object.entries(metrics).map(([name, { mean, deviation, interval, count, nonFinite }]) =>
    [quoted(name), mean, deviation, ...interval, count, nonFinite].join(','));
  return ['metric,mean,sd,low,high,count,nonFinite', ...lines, ''].join('\n');
}

export function summariesToMarkdown(title: string, metrics: Summaries): string {
  const lines = Object.entries(metrics).map(([name, { mean, deviation, interval, count }]) =>
    `| ${name} | ${digits(mean)} | ${between(interval)} | ${digits(deviation)} | ${count} |`);
  return [`## ${title}`, '', '| metric | mean | 95 % interval | sd | samples |', '|---|--:|--:|--:|--:|', ...lines, ''].join('\n');
}

/** A row for each method and a column for each of its metrics; `metrics` are named `method.metric`. */
export function methodsToMarkdown(heading: string, methods: readonly string[], metrics: Summaries): string {
  const columns = [...new Set(Object.keys(metrics).map((name) => name.slice(name.indexOf('.') + 1)))];
  const cell = (summary?: MetricSummary): string => (summary ? `${digits(summary.mean)} (${between(summary.interval)})` : '–');
  const lines = methods.map((method) => `| ${[method, ...columns.map((column) => cell(metrics[`${method}.${column}`]))].join(' | ')} |`);
  return [heading, '', `| ${['method', ...columns].join(' | ')} |`, `|---|${columns.map(() => '--:|').join('')}`, ...lines, ''].join('\n');
}

/** A line for each difference: its mean with the interval, and Cohen's d of paired samples (the mean over the standard deviation). */
export function effectsToMarkdown(heading: string, metrics: Summaries): string {
  const lines = Object.entries(metrics).map(([name, { mean, deviation, interval, count }]) =>
    `| ${name} | ${digits(mean)} | ${between(interval)} | ${deviation > 0 ? digits(mean / deviation) : '–'} | ${count} |`);
  return [heading, '', '| difference | mean | 95 % interval | d | samples |', '|---|--:|--:|--:|--:|', ...lines, ''].join('\n');
}

export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function between(interval: readonly number[]): string {
  return interval.map(digits).join(' … ');
}

function digits(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(4)).toString() : '–';
}
