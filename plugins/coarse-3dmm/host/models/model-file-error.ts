import { FlowError } from '../../../../framework/index.js';

/** What a face model's file is, what it should have been, and what to do. */
export function modelFileError(path: string, message: string, facts: { expected?: string; got?: string; cure?: string; cause?: unknown }): FlowError {
  return new FlowError('FLOW_RESOURCE', { who: path, message, ...facts });
}
