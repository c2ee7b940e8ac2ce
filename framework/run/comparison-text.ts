/** A comparison as text, Markdown, CSV, LaTeX or JSON. */
import type { Comparison, ComparisonRow, Interval, Statistic } from './compare.js';

export type ComparisonFormat = 'text' | 'markdown' | 'csv' | 'latex' | 'json';

/** The table in one of the forms; below it what each row is above the first by, where sinks measured the same samples. */
export function formatComparison(comparison: Comparison, format: ComparisonFormat): string {
  if (format === 'json') return `${JSON.stringify(comparison, null, 2)}\n`;
  if (format === 'csv') return csv(comparison);
  const write = { markdown, latex, text }[format];
  const differences = differenceCells(comparison);
  return [cells(comparison), ...(differences ? [differences] : [])].map(write).join('\n');
}

/**
 * `0.1234 ± 0.0021`: the deviation with two significant digits, the mean to the same place; without one `23.15 (22.9 … 23.4)` with the
 * 95 % interval of the mean, or four digits.
 */
export function formatStatistic({ mean, sd, interval }: Statistic): string {
  if (sd === null || !(sd > 0)) return `${fourDigits(mean)}${interval ? ` ${formatInterval(interval)}` : ''}`;
  const places = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(sd))));
  return `${mean.toFixed(places)} ± ${sd.toFixed(places)}`;
}

function formatInterval([low, high]: Interval): string {
  return `(${fourDigits(low)} … ${fourDigits(high)})`;
}

function fourDigits(value: number): string {
  return String(Number(value.toPrecision(4)));
}

interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that hold numbers. */
  readonly numeric: readonly boolean[];
}

function cells({ parameters, metrics, rows }: Comparison): Table {
  return {
    head: ['pipeline', 'run', 'steps', ...parameters, ...metrics],
    numeric: [false, false, true, ...parameters.map(() => false), ...metrics.map(() => true)],
    rows: rows.map((row) => [
      row.pipeline, runsCell(row), String(row.steps), ...parameters.map((path) => row.parameters[path]!),
      ...metrics.map((name) => (row.metrics[name] ? formatStatistic(row.metrics[name]) : '–')),
    ]),
  };
}

/** A line for each metric that some row has sample by sample with the first. */
function differenceCells({ rows, metrics }: Comparison): Table | undefined {
  const [base, ...others] = rows.filter((row, index) => index === 0 || row.differences);
  const compared = metrics.filter((name) => others.some(({ differences }) => differences![name]));
  if (!base || compared.length === 0) return undefined;
  const title = (row: ComparisonRow): string => `${row.pipeline}/${runsCell(row)}`;
  return {
    head: [`minus ${title(base)}`, ...others.flatMap((row) => [title(row), 'samples'])],
    numeric: [false, ...others.flatMap(() => [true, true])],
    rows: compared.map((name) => [name, ...others.flatMap(({ differences }) => {
      const difference = differences![name];
      return difference ? [`${fourDigits(difference.mean)} ${formatInterval(difference.interval)}`, String(difference.count)] : ['–', '0'];
    })]),
  };
}

function runsCell({ runs }: ComparisonRow): string {
  return runs.length === 1 ? runs[0]! : `${runs.length} seeds`;
}

/** Lines longer than this are hard to read on any screen; the table is then turned, one column for each row of the comparison. */
const widestLine = 160;

function text(table: Table): string {
  const lines = textLines(table);
  return lines[0]!.length <= widestLine ? lines.join('\n') : textLines(turned(table)).join('\n');
}

function turned({ head, rows }: Table): Table {
  return {
    head: [head[0]!, ...rows.map((row) => row[0]!)],
    rows: head.slice(1).map((name, index) => [name, ...rows.map((row) => row[index + 1]!)]),
    numeric: [false, ...rows.map(() => true)],
  };
}

function textLines({ head, rows, numeric }: Table): string[] {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(head), rule, ...rows.map(line), ''];
}

function markdown({ head, rows, numeric }: Table): string {
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `| ${numeric.map((is) => (is ? '--:' : '---')).join(' | ')} |`, ...rows.map(line), ''].join('\n');
}

function latex({ head, rows, numeric }: Table): string {
  const escape = (cell: string): string =>
    cell.replace(/[\\&%$#_{}±–]/g, (sign) => ({ '\\': '\\textbackslash{}', '±': '$\\pm$', '–': '--' })[sign] ?? `\\${sign}`);
  const line = (row: readonly string[]): string => `  ${row.map(escape).join(' & ')} \\\\`;
  return [
    `\\begin{tabular}{${numeric.map((is) => (is ? 'r' : 'l')).join('')}}`, '  \\toprule', line(head), '  \\midrule', ...rows.map(line),
    '  \\bottomrule', '\\end{tabular}', '',
  ].join('\n');
}

/** Means, deviations and intervals in columns of their own, unrounded; then differences from the first row, where there are any. */
function csv({ parameters, metrics, rows }: Comparison): string {
  const quote = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const withInterval = new Set(metrics.filter((name) => rows.some((row) => row.metrics[name]?.interval)));
  const compared = metrics.filter((name) => rows.some(({ differences }) => differences?.[name]));
  const head = [
    'pipeline', 'runs', 'steps', ...parameters,
    ...metrics.flatMap((name) => [`${name} mean`, `${name} sd`, `${name} count`, ...(withInterval.has(name) ? [`${name} low`, `${name} high`] : [])]),
    ...compared.flatMap((name) => ['', ' low', ' high', ' samples'].map((part) => `${name} difference${part}`)),
  ];
  const lines = rows.map((row) => [
    row.pipeline, row.runs.join(' '), String(row.steps), ...parameters.map((path) => row.parameters[path]!),
    ...metrics.flatMap((name) => {
      const found = row.metrics[name];
      const bounds = withInterval.has(name) ? (found?.interval ?? ['', '']).map(String) : [];
      return [...(found ? [String(found.mean), found.sd === null ? '' : String(found.sd), String(found.count)] : ['', '', '0']), ...bounds];
    }),
    ...compared.flatMap((name) => {
      const difference = row.differences?.[name];
      return difference ? [difference.mean, ...difference.interval, difference.count].map(String) : ['', '', '', '0'];
    }),
  ]);
  return [head, ...lines].map((line) => line.map(quote).join(',')).join('\n') + '\n';
}
