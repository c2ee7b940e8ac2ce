/** One call of a section: values by port, each freed when its last reader is done. */
import { FlowError } from '../errors/flow-error.js';
import type { PortReference } from '../pipeline/plan.js';
import type { HostTensor } from '../values/host-tensor.js';
import type { CompiledStage } from './compiled-stage.js';
import { tapeLength } from './differentiate.js';
import { inputReferences, type CallPlan } from './section-graph.js';
import { stopGradient, withoutTape } from './tape.js';
import { tf, type Tensor } from './tf.js';
import { upload } from './transfer.js';

/** Samples stacked along axis 0. */
export interface DeviceBatch {
  readonly keys: readonly string[];
  /** The epoch of all samples, unless `epochs` says it for each. */
  readonly epoch: number;
  readonly epochs?: readonly number[];
  /** By port of the section's `inputs`. */
  readonly inputs: Readonly<Record<PortReference, HostTensor>>;
  /** Random inputs by stage and port; drawn by the program when they are not given. */
  readonly draws?: Readonly<Record<string, Readonly<Record<string, HostTensor>>>>;
}

/** The part of the tape that a stage recorded. */
export interface StageSpan {
  readonly stage: string;
  readonly from: number;
  readonly to: number;
}

/** The values of one call, and how many readers each still has. */
export class SectionRun {
  readonly spans: StageSpan[] = [];
  private readonly values = new Map<PortReference, Tensor>();
  private readonly left: Map<PortReference, number>;

  constructor(
    private readonly plan: CallPlan,
    private readonly batch: Required<Pick<DeviceBatch, 'keys' | 'draws' | 'inputs'>>,
    private readonly training: boolean,
  ) {
    this.left = new Map(plan.readers);
  }

  runBefore(): void {
    this.plan.before.forEach((stage) => withoutTape(() => this.run(stage, false)));
  }

  runAfter(): void {
    for (const stage of this.plan.after) {
      const recorded = this.plan.recorded.has(stage.planned.name);
      if (recorded) this.run(stage, true);
      else withoutTape(() => this.run(stage, false));
    }
  }

  /** A computed value; it stays the run's until `release`. */
  value(reference: PortReference): Tensor {
    const value = this.values.get(reference) ?? this.uploaded(reference);
    if (!value) throw new FlowError('FLOW_INTERNAL', { message: `Nothing computes "${reference}" in this section.`, who: reference });
    return value;
  }

  /** Frees what is left. */
  dispose(): void {
    tf.dispose([...this.values.values()]);
    this.values.clear();
  }

  private run(stage: CompiledStage, recorded: boolean): void {
    const { planned } = stage;
    const from = tapeLength();
    const detached: Tensor[] = [];
    const inputs = Object.fromEntries(Object.entries(planned.inputs).map(([port, edge]) => {
      const value = this.value(`${edge.stage}.${edge.port}`);
      if (!recorded || !edge.detach) return [port, value];
      const constant = stopGradient(value);
      detached.push(constant);
      return [port, constant];
    }));
    const draws = this.drawsOf(stage);
    const wanted = new Set(Object.keys(planned.outputPorts).filter((port) => this.left.has(`${planned.name}.${port}`)));
    const outputs = stage.run({ inputs, draws, wanted, training: this.training, batch: this.batch.keys.length });
    for (const [port, tensor] of Object.entries(outputs)) this.values.set(`${planned.name}.${port}`, tensor);
    tf.dispose([...detached, ...Object.values(draws)]);
    inputReferences(stage).forEach((reference) => this.release(reference));
    if (recorded) this.spans.push({ stage: planned.name, from, to: tapeLength() });
  }

  private drawsOf(stage: CompiledStage): Record<string, Tensor> {
    const draws = stage.hasDraws ? this.batch.draws[stage.planned.name] ?? {} : {};
    return Object.fromEntries(Object.entries(draws).map(([port, value]) => [port, upload(value)]));
  }

  private uploaded(reference: PortReference): Tensor | undefined {
    const host = this.batch.inputs[reference];
    if (!host) return undefined;
    if (host.shape[0] !== this.batch.keys.length) {
      throw new FlowError('FLOW_DEVICE_SHAPE', {
        message: 'An input of a device section does not hold one row for each sample.', who: reference,
        expected: `[${this.batch.keys.length}, …]`, got: `[${host.shape.join(', ')}]`,
      });
    }
    const tensor = upload(host);
    this.values.set(reference, tensor);
    return tensor;
  }

  private release(reference: PortReference): void {
    const readers = this.left.get(reference)! - 1;
    this.left.set(reference, readers);
    if (readers > 0) return;
    this.values.get(reference)?.dispose();
    this.values.delete(reference);
  }
}
