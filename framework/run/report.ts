/** `report.html`: one file that shows what a run did, without a network or a script. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { lineChart, shortNumber, type ChartOptions, type ChartPoint } from './chart.js';
import { writeFileAtomic } from './disk.js';
import { escapeHtml, htmlTable } from './html.js';
import { readLines, readStepMetrics, readTimings, readValidationMetrics, type StepMetrics, type StepTiming, type ValidationMetrics } from './metrics.js';
import { formatDuration } from './progress.js';
import { readSinkMetrics } from './sink-metrics.js';
import { reportStyle } from './report-style.js';
import type { RunFolder } from './run-folder.js';
import type { RunRecord } from './run-record.js';

/** Pictures beyond this many bytes in all are named, not embedded. */
const mostPictureBytes = 24 * 2 ** 20;

/** Reads the folder and writes `report.html` into it; returns its path. */
export function writeReport(folder: RunFolder): string {
  const path = folder.file('report.html');
  writeFileAtomic(path, renderReport(folder));
  return path;
}

/** The report of a run folder as one HTML document. */
function renderReport(folder: RunFolder): string {
  const record = folder.readRecord();
  const [steps, validations, timings] = [readStepMetrics(folder.path), readValidationMetrics(folder.path), readTimings(folder.path)];
  const sections = [
    heading(record), errorCard(record), facts(record, steps, validations, timings),
    section('Results', results(folder)),
    section('Pictures', pictures(folder)),
    section('Validation', validationCharts(validations, record.best?.step)),
    section('Training', trainingCharts(steps)),
    section('Time', timing(timings)),
    section('Refused samples', quarantine(folder)),
    section('Circumstances', circumstances(record)),
    section('Configuration', configuration(folder)),
  ];
  const title = escapeHtml(`${record.pipeline}/${record.name}`);
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<title>${title}</title><style>${reportStyle}</style></head>\n<body><main>\n${sections.filter(Boolean).join('\n')}\n</main></body></html>\n`;
}

function section(title: string, content: string): string {
  return content ? `<section><h2>${title}</h2>${content}</section>` : '';
}

function heading({ pipeline, name, state, created, file }: RunRecord): string {
  return `<h1>${escapeHtml(name)} <small>${escapeHtml(pipeline)}</small><span class="badge ${state}">${state}</span></h1>` +
    `<p class="lead">${escapeHtml(file)} · started ${created.slice(0, 16).replace('T', ' ')} UTC</p>`;
}

function errorCard({ error }: RunRecord): string {
  if (!error) return '';
  const { code, message, cure } = error as { code?: string; message?: string; cure?: string };
  return `<div class="card error"><b>${escapeHtml(code ?? 'Error')}</b> ${escapeHtml(message ?? '')}${cure ? `\n${escapeHtml(cure)}` : ''}</div>`;
}

function facts(record: RunRecord, steps: readonly StepMetrics[], validations: readonly ValidationMetrics[], timings: readonly StepTiming[]): string {
  const list: [string, string][] = [];
  const last = steps.at(-1);
  if (last) {
    const loss = Object.keys(last.values)[0]!;
    const values = steps.map((entry) => entry.values[loss]).filter((value) => value !== null && value !== undefined);
    list.push(['steps', String(last.step)], ['epochs begun', String(last.epoch + 1)]);
    list.push([`${loss}, first → last`, `${shortNumber(meanOf(values.slice(0, 5)))} → ${shortNumber(meanOf(values.slice(-5)))}`]);
  }
  if (record.best) list.push([`best validation, step ${record.best.step}`, shortNumber(record.best.value)]);
  const final = validations.at(-1);
  if (final) list.push(['validation samples', String(final.samples)]);
  if (timings.length) list.push(['time of training', formatDuration(timings.at(-1)!.elapsed)]);
  if (record.variables) list.push(['trainable numbers', record.variables.trainable.toLocaleString('en')]);
  if (record.finished !== undefined) list.push(['samples finished', String(record.finished)], ['samples refused', String(record.refused ?? 0)]);
  if (record.peakMemoryMiB !== undefined) list.push(['largest memory', `${record.peakMemoryMiB} MiB`]);
  list.push(['engine', record.engine.name]);
  return `<div class="facts">${list.map(([name, value]) => `<div class="card fact"><b>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></div>`).join('')}</div>`;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function trainingCharts(steps: readonly StepMetrics[]): string {
  if (steps.length === 0) return '';
  const smooth = Math.max(5, Math.min(50, Math.round(steps.length / 15)));
  const names = [...new Set(steps.flatMap(({ values }) => Object.keys(values)))];
  const cards = names.map((name) => chartCard(name, steps.map((entry) => ({ x: entry.step, y: entry.values[name] ?? NaN })), { smooth }));
  cards.push(chartCard('gradient norm', steps.map((entry) => ({ x: entry.step, y: entry.gradientNorm ?? NaN })), { smooth }));
  cards.push(chartCard('learning rate', steps.map((entry) => ({ x: entry.step, y: entry.learningRate })), {}));
  const acted = steps.filter(({ action }) => action !== undefined);
  const note = acted.length ? `<p class="empty">Not finite, ${acted.length} of ${steps.length} steps: ${acted.slice(0, 8).map(({ step, action }) => `${step} (${action})`).join(', ')}</p>` : '';
  return `<div class="charts">${cards.join('')}</div>${note}`;
}

function validationCharts(validations: readonly ValidationMetrics[], best: number | undefined): string {
  const names = [...new Set(validations.flatMap(({ values }) => Object.keys(values)))];
  const cards = names.map((name) => chartCard(name, validations.map((entry) => ({ x: entry.step, y: entry.values[name] ?? NaN })), { marks: true, highlight: best }));
  return cards.length ? `<div class="charts">${cards.join('')}</div>` : '';
}

function chartCard(title: string, points: readonly ChartPoint[], options: Omit<ChartOptions, 'title'>): string {
  const finite = points.filter(({ y }) => Number.isFinite(y));
  const change = finite.length > 1 ? `${shortNumber(finite[0]!.y)} → ${shortNumber(finite.at(-1)!.y)}` : finite.length ? shortNumber(finite[0]!.y) : '';
  return `<div class="card"><header><h3>${escapeHtml(title)}</h3><span>${change}</span></header>${lineChart(points, { ...options, title })}</div>`;
}

function results(folder: RunFolder): string {
  const tables = [...readSinkMetrics(folder.samples)].map(([stage, metrics]) => {
    const rows = Object.entries(metrics).map(([name, { mean, deviation, count }]) => [name, shortNumber(mean), deviation === null ? '–' : shortNumber(deviation), String(count)]);
    return `<div class="card"><header><h3>${escapeHtml(stage)}</h3></header>${htmlTable(['metric', 'mean', 'sd over samples', 'samples'], rows)}</div>`;
  });
  return tables.join('');
}

function pictures(folder: RunFolder): string {
  const files = listPictures(folder.samples).sort(comparePictures);
  let bytes = 0;
  const figures = files.map((path) => {
    const data = readFileSync(path);
    bytes += data.length;
    const name = escapeHtml(relative(folder.samples, path));
    if (bytes > mostPictureBytes) return `<p class="empty">${name}: in the folder, not embedded</p>`;
    return `<figure class="card"><img alt="${name}" src="data:${mimeOf(path)};base64,${data.toString('base64')}"><figcaption>${name}</figcaption></figure>`;
  });
  const latest = files.map((path, index) => files.findIndex((other) => dirname(other) === dirname(path)) === index);
  const shown = figures.filter((_, index) => latest[index]);
  const rest = figures.filter((_, index) => !latest[index]);
  const more = rest.length ? `<details class="card"><summary>${rest.length} earlier</summary><div class="sheets">${rest.join('')}</div></details>` : '';
  return shown.length ? `<div class="sheets">${shown.join('')}</div>${more}` : '';
}

function listPictures(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(png|jpe?g)$/i.test(name)).map((name) => join(folder, name));
}

/** Sheets first, then the latest: numbers in names count as numbers. */
function comparePictures(left: string, right: string): number {
  const sheet = (path: string): number => (/sheet/i.test(path) ? 0 : 1);
  return sheet(left) - sheet(right) || right.localeCompare(left, 'en', { numeric: true });
}

function mimeOf(path: string): string {
  return /png$/i.test(path) ? 'image/png' : 'image/jpeg';
}

function timing(timings: readonly StepTiming[]): string {
  if (timings.length === 0) return '';
  const sorted = timings.map(({ seconds }) => seconds).sort((left, right) => left - right);
  const at = (share: number): string => formatMilliseconds(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const waited = timings.reduce((sum, value) => sum + value.waited, 0);
  const table = htmlTable(['step time', 'fastest', 'median', '95 %', 'slowest', 'waiting for data'],
    [[`${timings.length} steps`, at(0), at(0.5), at(0.95), at(1), `${((100 * waited) / total).toFixed(1)} %`]]);
  return `<div class="card">${table}</div>`;
}

function formatMilliseconds(seconds: number): string {
  return seconds < 1 ? `${shortNumber(Number((seconds * 1000).toPrecision(3)))} ms` : `${seconds.toFixed(2)} s`;
}

function quarantine(folder: RunFolder): string {
  const entries = readLines<{ key?: string; stage?: string; code?: string; message?: string }>(folder.file('quarantine.jsonl'));
  if (entries.length === 0) return '';
  const rows = entries.slice(0, 200).map(({ key, stage, code, message }) => [key ?? '', stage ?? '', code ?? '', message ?? '']);
  const more = entries.length > rows.length ? `<p class="empty">and ${entries.length - rows.length} more in quarantine.jsonl</p>` : '';
  return `<div class="card">${htmlTable(['sample', 'stage', 'code', 'reason'], rows)}${more}</div>`;
}

function circumstances(record: RunRecord): string {
  const { engine, system, versions, git, sessions, variables } = record;
  const rows = [
    ['seed', String(record.seed)], ['plan digest', record.planDigest], ['data digest', record.dataDigest ?? 'unknown'],
    ['engine', `${engine.description ?? engine.name}${engine.deterministic ? ', deterministic' : ''}`],
    ['machine', `${system.cpu}, ${system.cores} cores, ${system.memoryGiB} GiB, ${system.platform}, Node.js ${system.node}`],
    ['versions', Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')],
    ['git', git ? `${git.commit}${git.dirty ? ' with changes' : ''}` : 'no repository'],
    ['sessions', sessions.map(({ started }) => started.slice(0, 19).replace('T', ' ')).join('; ')],
  ];
  if (variables) rows.push(['variables', `${variables.count} with ${variables.numbers.toLocaleString('en')} numbers`]);
  return `<div class="card">${htmlTable([], rows)}</div>`;
}

function configuration(folder: RunFolder): string {
  if (!existsSync(folder.file('pipeline.yaml'))) return '';
  return `<details class="card"><summary>pipeline.yaml, resolved</summary><pre>${escapeHtml(readFileSync(folder.file('pipeline.yaml'), 'utf8'))}</pre></details>`;
}
