/** Line charts as SVG text, for the report. */
import { escapeHtml } from './html.js';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface ChartOptions {
  readonly title: string;
  /** Also draws the mean over so many neighbouring points; the points themselves become faint. */
  readonly smooth?: number;
  /** Draws a mark at every point. */
  readonly marks?: boolean;
  /** The step of the best checkpoint. */
  readonly highlight?: number;
}

const width = 360;
const height = 190;
const frame = { left: 52, right: 10, top: 10, bottom: 24 };
/** More points than pixels only make the file large. */
const mostPoints = 600;

/** A chart of y over x; values that are not finite leave a gap. Logarithmic where the values span two decades. */
export function lineChart(points: readonly ChartPoint[], options: ChartOptions): string {
  const finite = points.filter(({ y }) => Number.isFinite(y));
  if (finite.length === 0) return '<p class="empty">no values</p>';
  const scale = scaleFor(finite);
  const thin = thinned(points);
  const lines: string[] = [grid(scale)];
  if (options.smooth && finite.length > 8) {
    lines.push(path(thin, scale, 'raw'), path(thinned(smoothed(points, options.smooth)), scale, 'line'));
  } else {
    lines.push(path(thin, scale, 'line'));
  }
  if (options.marks) lines.push(...finite.map((point) => mark(point, scale, point.x === options.highlight ? 'best' : 'mark')));
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(options.title)}">${lines.join('')}</svg>`;
}

/** Four significant digits, without noise. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e6)) return value.toExponential(2).replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
}

interface Scale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
}

function scaleFor(points: readonly ChartPoint[]): Scale {
  const [x0, x1] = extent(points.map(({ x }) => x));
  const [y0, y1] = extent(points.map(({ y }) => y));
  const logarithmic = y0 > 0 && y1 / y0 > 100;
  const along = logarithmic ? Math.log10 : (value: number): number => value;
  const [low, high] = padded(along(y0), along(y1));
  const yTicks = logarithmic ? decades(low, high) : niceTicks(low, high, 4);
  return {
    x: (value) => frame.left + ((value - x0) / (x1 - x0 || 1)) * (width - frame.left - frame.right),
    y: (value) => height - frame.bottom - ((along(Math.max(value, logarithmic ? y0 : -Infinity)) - low) / (high - low)) * (height - frame.top - frame.bottom),
    xTicks: niceTicks(x0, x1, 4).filter(Number.isInteger),
    yTicks,
  };
}

function extent(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

function padded(low: number, high: number): [number, number] {
  const margin = (high - low) * 0.05 || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

/** Round numbers inside [low, high], about `count` of them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (high <= low) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

function decades(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.ceil(low); power <= high; power++) ticks.push(10 ** power);
  return ticks;
}

function grid({ x, y, xTicks, yTicks }: Scale): string {
  const rows = yTicks.map((tick) =>
    `<line class="grid" x1="${frame.left}" x2="${width - frame.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/>` +
    `<text class="tick" x="${frame.left - 6}" y="${(y(tick) + 3.5).toFixed(1)}" text-anchor="end">${shortNumber(tick)}</text>`);
  const columns = xTicks.map((tick) => `<text class="tick" x="${x(tick).toFixed(1)}" y="${height - 7}" text-anchor="middle">${tick}</text>`);
  return [...rows, ...columns].join('');
}

function path(points: readonly ChartPoint[], { x, y }: Scale, style: string): string {
  let drawing = false;
  const parts = points.map((point) => {
    if (!Number.isFinite(point.y)) {
      drawing = false;
      return '';
    }
    const command = `${drawing ? 'L' : 'M'}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`;
    drawing = true;
    return command;
  });
  return `<path class="${style}" d="${parts.join('')}"/>`;
}

function mark(point: ChartPoint, { x, y }: Scale, style: string): string {
  const label = `<title>${point.x}: ${shortNumber(point.y)}</title>`;
  return `<circle class="${style}" cx="${x(point.x).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="${style === 'best' ? 5 : 3}">${label}</circle>`;
}

/** Mean over the points at most `span` / 2 away on either side, fewer at the ends: it does not lag behind. */
function smoothed(points: readonly ChartPoint[], span: number): ChartPoint[] {
  const sums = [0];
  const counts = [0];
  for (const { y } of points) {
    sums.push(sums.at(-1)! + (Number.isFinite(y) ? y : 0));
    counts.push(counts.at(-1)! + (Number.isFinite(y) ? 1 : 0));
  }
  return points.map(({ x }, index) => {
    const reach = Math.min(Math.floor(span / 2), index, points.length - 1 - index);
    const [from, to] = [index - reach, index + reach + 1];
    return { x, y: (sums[to]! - sums[from]!) / (counts[to]! - counts[from]!) };
  });
}

function thinned(points: readonly ChartPoint[]): ChartPoint[] {
  const stride = Math.ceil(points.length / mostPoints);
  return points.filter((_, index) => index % stride === 0 || index === points.length - 1);
}
