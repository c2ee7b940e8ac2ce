/** What the training loop needs from a device section; `DeviceProgram` gives it. */
import type { PortReference } from '../pipeline/plan.js';
import type { LossAndGradients } from '../device/program.js';
import type { DeviceBatch } from '../device/section-run.js';
import type { NamedVariable } from '../device/variables.js';

export type { DeviceBatch, LossAndGradients, NamedVariable };

/** A place in the data: the next batch starts at `position` of epoch `epoch`. */
export interface DataCursor {
  readonly epoch: number;
  readonly position: number;
}

export interface TrainBatch extends DeviceBatch {
  /** Where the data goes on after this batch. */
  readonly next: DataCursor;
}

export interface TrainingProgram {
  readonly variables: readonly NamedVariable[];
  valueAndGradients(batch: DeviceBatch, loss: PortReference, wanted: readonly PortReference[]): LossAndGradients;
}
