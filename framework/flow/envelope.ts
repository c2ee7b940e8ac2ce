/**
 * Results of work elsewhere. A thrown error loses its own fields between threads, so workers never throw: they return an
 * envelope.
 */
import { errorCodes, type ErrorCode } from '../errors/error-codes.js';
import { FlowError, type FlowErrorFields } from '../errors/flow-error.js';

export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fields: Omit<FlowErrorFields, 'message' | 'cause'>;
  readonly stack?: string;
}

export type Envelope<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorRecord };

const diskFaults = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO']);

/**
 * Any thrown thing as a record; `otherwise` is the code of what is not a FlowError. Errors are told by their fields, not
 * by their class: a plugin may carry its own copy of the framework.
 */
export function errorRecord(thrown: unknown, otherwise: ErrorCode): ErrorRecord {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { code, fields } = error as Partial<FlowError> & NodeJS.ErrnoException;
  if (code !== undefined && code in errorCodes) {
    const { message: _message, cause: _cause, ...rest } = fields ?? { message: '' };
    return { code: code as ErrorCode, message: error.message, fields: rest, stack: error.stack };
  }
  const message = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  return { code: diskFaults.has(code ?? '') ? 'FLOW_DISK' : otherwise, message, fields: {}, stack: error.stack };
}

/** A FlowError from a record, saying who and which sample if the record does not. */
export function errorFromRecord(record: ErrorRecord, about: { readonly who: string; readonly keys?: readonly string[] }): FlowError {
  const error = new FlowError(record.code, { who: about.who, keys: about.keys, ...record.fields, message: record.message });
  if (record.stack && record.code !== 'FLOW_SAMPLE') error.stack = record.stack;
  return error;
}

/** A result with the time that the work itself took, without waiting for its turn. */
export type Timed<T> = Envelope<T> & { readonly milliseconds: number };

/** `envelopeOf` with the time that the work took. */
export async function timedEnvelopeOf<T>(work: () => Promise<T> | T, otherwise: ErrorCode): Promise<Timed<T>> {
  const start = performance.now();
  return { ...await envelopeOf(work, otherwise), milliseconds: performance.now() - start };
}

/** The result of the work, or its error as data. An error that is no FlowError gets FLOW_DISK or the code `otherwise`. */
export async function envelopeOf<T>(work: () => Promise<T> | T, otherwise: ErrorCode): Promise<Envelope<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: errorRecord(error, otherwise) };
  }
}
