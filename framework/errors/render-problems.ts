/** Problems as a person reads them: the message, the line of the file with a caret, expected, got, cure. */
import { existsSync, readFileSync } from 'node:fs';
import type { FlowError, Place } from './flow-error.js';

/** All problems, in the order of the file, separated by empty lines, with a count at the end when there are several. */
export function renderProblems(problems: readonly FlowError[]): string {
  const blocks = problems.map(renderProblem);
  if (problems.length > 1) blocks.push(`${problems.length} problems`);
  return blocks.join('\n\n');
}

function renderProblem(problem: FlowError): string {
  const [headline, ...rest] = problem.describe().split('\n');
  const { where, also } = problem.fields;
  return [headline, ...excerptOf(where), ...rest, ...excerptOf(also)].join('\n');
}

function excerptOf(place: Place | undefined): string[] {
  if (!place || !existsSync(place.file)) return [];
  const line = readFileSync(place.file, 'utf8').split(/\r?\n/)[place.line - 1];
  if (line === undefined) return [];
  const gutter = `${place.line}`.padStart(6);
  return [`${gutter} | ${line}`, `${' '.repeat(6)} | ${' '.repeat(Math.max(0, place.column - 1))}^`];
}
