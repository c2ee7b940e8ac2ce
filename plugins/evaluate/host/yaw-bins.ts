/** Errors of samples by how far the face is turned. */

/** Upper ends of the bins, degrees: the first holds |yaw| ≤ 30, the second 30 < |yaw| ≤ 60, the third what is beyond. */
const ends = [30, 60, Infinity] as const;
const labels = ['0–30', '30–60', '60–90'] as const;

export interface YawSummary {
  /** Mean error of each bin; NaN of an empty one. */
  readonly bins: readonly number[];
  readonly counts: readonly number[];
  /** Plain mean of the bins' means, so that each weighs alike, and the deviation of the three (n); NaN when a bin is empty. */
  readonly balanced: number;
  readonly deviation: number;
  /** Mean over all samples. */
  readonly all: number;
}

/**
 * Gathers errors; gives their mean in each of three bins of |yaw|, and the mean of the three.
 *
 * Source: 3DDFA's `benchmark_aflw2000.py`, which reports the three means, their plain mean and their standard deviation.
 */
export class YawBins {
  private readonly rows: { readonly bin: number; readonly errors: Readonly<Record<string, number>> }[] = [];

  /** `yaw` in radians, of either sign. Errors that are not finite are left out. */
  add(yaw: number, errors: Readonly<Record<string, number>>): void {
    const degrees = (Math.abs(yaw) * 180) / Math.PI;
    this.rows.push({ bin: ends.findIndex((end) => degrees <= end), errors });
  }

  get names(): string[] {
    return [...new Set(this.rows.flatMap(({ errors }) => Object.keys(errors)))];
  }

  summary(name: string): YawSummary {
    const finite = this.rows.filter(({ errors }) => Number.isFinite(errors[name]));
    const byBin = ends.map((_, bin) => finite.filter((row) => row.bin === bin).map(({ errors }) => errors[name]!));
    const bins = byBin.map(mean);
    const balanced = mean(bins);
    return {
      bins, counts: byBin.map((values) => values.length), balanced,
      deviation: Math.sqrt(mean(bins.map((value) => (value - balanced) ** 2))), all: mean(finite.map(({ errors }) => errors[name]!)),
    };
  }

  toJson(): string {
    return `${JSON.stringify({ samples: this.rows.length, errors: Object.fromEntries(this.names.map((name) => [name, this.summary(name)])) }, null, 2)}\n`;
  }

  toCsv(): string {
    const head = ['error', ...labels.flatMap((label) => [label, `count ${label}`]), 'balanced', 'sd', 'all'];
    const lines = this.names.map((name) => {
      const { bins, counts, balanced, deviation, all } = this.summary(name);
      return [`"${name.replaceAll('"', '""')}"`, ...bins.flatMap((value, bin) => [value, counts[bin]!]), balanced, deviation, all].join(',');
    });
    return [head.join(','), ...lines, ''].join('\n');
  }

  /** Errors in percent. */
  toMarkdown(title: string): string {
    const lines = this.names.map((name) => {
      const { bins, counts, balanced, deviation, all } = this.summary(name);
      return `| ${[name, ...bins.map((value, bin) => `${percent(value)} (${counts[bin]!})`), percent(balanced), percent(deviation), percent(all)].join(' | ')} |`;
    });
    return [
      `## ${title}`, '', 'Errors in percent, by |yaw| in degrees (samples); the balanced mean weighs the three bins alike.', '',
      `| error | ${labels.join(' | ')} | balanced | sd | all |`, '|---|--:|--:|--:|--:|--:|--:|', ...lines, '',
    ].join('\n');
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(value: number): string {
  return Number.isFinite(value) ? (100 * value).toFixed(2) : '–';
}
