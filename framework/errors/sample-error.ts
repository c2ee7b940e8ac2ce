import { FlowError } from './flow-error.js';

/** Thrown by a source or host stage when a sample's content is at fault: the stage's `onError` policy applies. */
export class SampleError extends FlowError {
  constructor(message: string, fields: { reason?: string; expected?: string; got?: string; cure?: string; cause?: unknown } = {}) {
    super('FLOW_SAMPLE', { message, ...fields });
    this.name = 'SampleError';
  }
}
