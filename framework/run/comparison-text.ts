/** A comparison as text, Markdown, CSV, LaTeX or JSON. */
import type { Comparison, ComparisonRow, Statistic } from './compare.js';

export type ComparisonFormat = 'text' | 'markdown' | 'csv' | 'latex' | 'json';

/** The table in one of the forms. */
export function formatComparison(comparison: Comparison, format: ComparisonFormat): string {
  if (format === 'json') return `${JSON.stringify(comparison, null, 2)}\n`;
  if (format === 'csv') return csv(comparison);
  const table = cells(comparison);
  if (format === 'markdown') return markdown(table);
  if (format === 'latex') return latex(table);
  return text(table);
}

/** `0.1234 ± 0.0021`: the deviation with two significant digits, the mean to the same place; four digits without one. */
export function formatStatistic({ mean, sd }: Statistic): string {
  if (sd === null || !(sd > 0)) return String(Number(mean.toPrecision(4)));
  const places = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(sd))));
  return `${mean.toFixed(places)} ± ${sd.toFixed(places)}`;
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

/** Means and deviations in columns of their own, unrounded. */
function csv({ parameters, metrics, rows }: Comparison): string {
  const quote = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const head = ['pipeline', 'runs', 'steps', ...parameters, ...metrics.flatMap((name) => [`${name} mean`, `${name} sd`, `${name} count`])];
  const lines = rows.map((row) => [
    row.pipeline, row.runs.join(' '), String(row.steps), ...parameters.map((path) => row.parameters[path]!),
    ...metrics.flatMap((name) => {
      const found = row.metrics[name];
      return found ? [String(found.mean), found.sd === null ? '' : String(found.sd), String(found.count)] : ['', '', '0'];
    }),
  ]);
  return [head, ...lines].map((line) => line.map(quote).join(',')).join('\n') + '\n';
}
