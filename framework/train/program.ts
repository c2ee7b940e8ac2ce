/** What the training loop needs from a device section, whoever compiles it. */
import type { Tensor, Variable } from '../device/index.js';
import type { HostTensor } from '../values/host-tensor.js';
import type { PortReference } from '../pipeline/plan.js';

/** A place in the data: the next batch starts at `position` of epoch `epoch`. */
export interface DataCursor {
  readonly epoch: number;
  readonly position: number;
}

/** Samples stacked along axis 0, for each input of the section. */
export interface DeviceBatch {
  readonly keys: readonly string[];
  readonly epoch: number;
  readonly inputs: Readonly<Record<PortReference, HostTensor>>;
}

export interface TrainBatch extends DeviceBatch {
  /** Where the data goes on after this batch. */
  readonly next: DataCursor;
}

export interface NamedVariable {
  readonly name: string;
  readonly variable: Variable;
  readonly trainable: boolean;
}

/** The caller owns and disposes every tensor of it. */
export interface LossAndGradients {
  /** Mean over the batch, a scalar. */
  readonly loss: Tensor;
  /** By variable name. */
  readonly gradients: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<PortReference, Tensor>>;
}

export interface TrainingProgram {
  readonly variables: readonly NamedVariable[];
  valueAndGradients(batch: DeviceBatch, loss: PortReference, wanted: readonly PortReference[]): LossAndGradients;
}
