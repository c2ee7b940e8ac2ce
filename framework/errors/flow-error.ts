/** Errors that a person can act on: a stable code, who, where, what was expected, what came, and the cure. */
import { errorCodes, type ErrorCode } from './error-codes.js';

/** A place in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface FlowErrorFields {
  /** What went wrong, in one sentence. */
  readonly message: string;
  /** A short, stable word for the kind of fault within the code (`no-face`), so that refusals can be counted by kind. */
  readonly reason?: string;
  /** The stage, resource, plugin or file that the error is about. */
  readonly who?: string;
  readonly where?: Place;
  /** The other end, when two places conflict. */
  readonly also?: Place;
  readonly expected?: string;
  readonly got?: string;
  readonly cure?: string;
  /** Keys of the samples concerned. */
  readonly keys?: readonly string[];
  readonly cause?: unknown;
}

/** An error with a stable code and its facts as fields. `describe()` is the text for people, `exitCode` the one of the process. */
export class FlowError extends Error {
  readonly code: ErrorCode;
  readonly fields: FlowErrorFields;

  constructor(code: ErrorCode, fields: FlowErrorFields) {
    super(fields.message, { cause: fields.cause });
    this.name = 'FlowError';
    this.code = code;
    this.fields = fields;
  }

  /** 2 configuration, 3 plugin, 4 numeric, 5 device, 6 worker, 1 otherwise. */
  get exitCode(): number {
    return errorCodes[this.code].exitCode;
  }

  /** The error as lines of text, without an excerpt of the file. */
  describe(): string {
    const { who, where, also, expected, got, cure, keys } = this.fields;
    const place = where ? ` ${where.file}:${where.line}:${where.column}` : '';
    const lines = [`${this.code}${who ? ` [${who}]` : ''}${place}: ${this.message}`];
    if (expected !== undefined) lines.push(`  expected: ${expected}`);
    if (got !== undefined) lines.push(`  got:      ${got}`);
    if (also) lines.push(`  see also: ${also.file}:${also.line}:${also.column}`);
    if (keys?.length) lines.push(`  samples:  ${keys.join(', ')}`);
    if (cure !== undefined) lines.push(`  cure:     ${cure}`);
    return lines.join('\n');
  }

  toJSON(): Record<string, unknown> {
    const { cause: _cause, ...fields } = this.fields;
    return { code: this.code, ...fields };
  }
}

/** Several problems of one file or graph, reported together. */
export class FlowErrors extends Error {
  readonly problems: readonly FlowError[];

  constructor(problems: readonly FlowError[]) {
    super(`${problems.length} problem${problems.length === 1 ? '' : 's'}`);
    this.name = 'FlowErrors';
    this.problems = problems;
  }

  get exitCode(): number {
    return this.problems[0]?.exitCode ?? 1;
  }
}
