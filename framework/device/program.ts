/** A device section of a plan as one synchronous function of a batch, with its gradients. */
import { FlowError } from '../errors/flow-error.js';
import type { Plan, PlannedSection, PortReference } from '../pipeline/plan.js';
import type { HostTensor } from '../values/host-tensor.js';
import { compileStage, type CompiledStage } from './compiled-stage.js';
import { ConstantStore } from './constants.js';
import { BackwardError, differentiate } from './differentiate.js';
import { insideSection } from './section-fence.js';
import { planCall, splitReference, type CallPlan } from './section-graph.js';
import { SectionRun, type DeviceBatch, type StageSpan } from './section-run.js';
import { tf, type Tensor } from './tf.js';
import { download, stackSamples } from './transfer.js';
import type { VariableStore} from './variables.js';
import { type NamedVariable } from './variables.js';

export interface ProgramRequest {
  readonly plan: Pick<Plan, 'stages'>;
  readonly section: PlannedSection;
  /** Built resources by their name in the plan. */
  readonly resources: ReadonlyMap<string, unknown>;
  /** Shared by the programs of a run: training and validation see the same weights. */
  readonly variables: VariableStore;
  /** Shared too, where given. */
  readonly constants?: ConstantStore;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

/** Every tensor belongs to the caller. */
export interface LossAndGradients {
  /** Mean of the loss over the batch, a scalar. */
  readonly loss: Tensor;
  /** By variable name; trained variables that the loss does not depend on are missing. */
  readonly gradients: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<PortReference, Tensor>>;
}

/** The built stages of a section, callable forward and with gradients. */
export class DeviceProgram {
  private readonly calls = new Map<string, CallPlan>();

  private constructor(
    /** In topological order. */
    readonly stages: readonly CompiledStage[],
    private readonly request: ProgramRequest,
    private readonly constants: ConstantStore,
  ) {}

  /**
   * Loads and builds the stages of a section. The engine must be current.
   *
   * @throws FlowError FLOW_PLUGIN_LOAD, FLOW_WEIGHTS, or what a stage's `build` throws, with its name.
   */
  static async build(request: ProgramRequest): Promise<DeviceProgram> {
    const constants = request.constants ?? new ConstantStore();
    const services = { ...request, constants, log: request.log ?? (() => undefined) };
    const stages: CompiledStage[] = [];
    for (const name of request.section.stages) {
      const planned = request.plan.stages.get(name);
      if (!planned) throw new FlowError('FLOW_INTERNAL', { message: `The section names a stage "${name}" that the plan lacks.`, who: name });
      stages.push(await compileStage(planned, services));
    }
    return new DeviceProgram(stages, request, constants);
  }

  /** The variables of these stages, in the order of their creation. */
  get variables(): readonly NamedVariable[] {
    const names = new Set(this.stages.flatMap(({ variables }) => variables));
    return this.request.variables.list().filter(({ name }) => names.has(name));
  }

  /** Random inputs of one sample, by stage and port: a function of (run seed, stage, epoch, key). */
  draw(key: string, epoch: number): Record<string, Readonly<Record<string, HostTensor>>> {
    return Object.fromEntries(this.stages.filter(({ hasDraws }) => hasDraws).map((stage) => [stage.planned.name, stage.draw(key, epoch)]));
  }

  /**
   * The wanted ports of a batch. The caller owns the tensors.
   *
   * @throws FlowError FLOW_DEVICE_SHAPE when a stage breaks its contract, FLOW_DEVICE when it fails.
   */
  forward(batch: DeviceBatch, wanted: readonly PortReference[], options: { readonly training?: boolean } = {}): Record<PortReference, Tensor> {
    const run = new SectionRun(this.callPlan(wanted), this.withDraws(batch), options.training ?? false);
    return insideSection(() => tf.tidy(() => {
      run.runBefore();
      run.runAfter();
      return collect(run, wanted);
    }));
  }

  /** `forward`, read back: what a section hands to host stages and sinks. */
  async run(batch: DeviceBatch, wanted: readonly PortReference[] = this.request.section.outputs): Promise<Record<PortReference, HostTensor>> {
    const tensors = this.forward(batch, wanted);
    const values = await Promise.all(wanted.map(async (reference) => [reference, await download(tensors[reference]!, this.dtypeOf(reference))] as const));
    tf.dispose(tensors);
    return Object.fromEntries(values);
  }

  /**
   * The mean loss of a batch, its gradients, and other wanted ports of the same pass.
   *
   * @param loss a port with one value for each sample.
   * @throws FlowError FLOW_TRAIN when no trained variable reaches the loss; FLOW_DEVICE naming stage and operation when one has no
   * gradient; else as `forward`.
   */
  valueAndGradients(batch: DeviceBatch, loss: PortReference, wanted: readonly PortReference[] = []): LossAndGradients {
    const plan = this.callPlan(wanted, loss);
    const trained = this.variables.filter(({ trainable }) => trainable);
    if (!plan.recorded.has(splitReference(loss).stage)) {
      throw new FlowError('FLOW_TRAIN', { message: 'No trained variable reaches the loss.', who: loss, cure: 'Check `trainable` and `detach` on the way to it.' });
    }
    const run = new SectionRun(plan, this.withDraws(batch), true);
    try {
      return insideSection(() => tf.tidy(() => {
        run.runBefore();
        const forward = (): Tensor => {
          run.runAfter();
          // Kept past the end of the forward scope, for `collect`.
          wanted.forEach((reference) => tf.keep(run.value(reference)));
          return run.value(loss).mean();
        };
        const { value, gradients } = this.differentiated(forward, trained, run.spans);
        const named = trained.flatMap(({ name }, index) => (gradients[index] ? [[name, gradients[index]] as const] : []));
        return { loss: value, gradients: Object.fromEntries(named), outputs: collect(run, wanted) };
      }));
    } finally {
      run.dispose();
    }
  }

  /** Frees the constants, unless they were given. Variables belong to their store. */
  dispose(): void {
    if (!this.request.constants) this.constants.dispose();
  }

  private differentiated(forward: () => Tensor, trained: readonly NamedVariable[], spans: readonly StageSpan[]) {
    try {
      return differentiate(forward, trained.map(({ variable }) => variable));
    } catch (error) {
      if (!(error instanceof BackwardError)) throw error;
      const span = spans.find(({ from, to }) => error.tapeIndex >= from && error.tapeIndex < to);
      const planned = span && this.request.plan.stages.get(span.stage);
      throw new FlowError('FLOW_DEVICE', {
        message: `The gradient cannot pass the operation ${error.operation}: ${error.reason}.`, who: span?.stage, where: planned?.place,
        cure: cureOf(error.cause) ?? 'Replace the operation, or compute it beside the tape with `withoutTape` when no gradient should pass.', cause: error,
      });
    }
  }

  private callPlan(wanted: readonly PortReference[], loss?: PortReference): CallPlan {
    const key = `${loss ?? ''}|${wanted.join('|')}`;
    const known = this.calls.get(key);
    if (known) return known;
    const plan = planCall(this.stages, wanted, loss);
    this.calls.set(key, plan);
    return plan;
  }

  private dtypeOf(reference: PortReference) {
    const { stage, port } = splitReference(reference);
    return this.request.plan.stages.get(stage)?.outputPorts[port]?.dtype;
  }

  private withDraws(batch: DeviceBatch): DeviceBatch & { readonly draws: NonNullable<DeviceBatch['draws']> } {
    if (batch.draws) return { ...batch, draws: batch.draws };
    const epochs = batch.epochs ?? batch.keys.map(() => batch.epoch);
    if (epochs.length !== batch.keys.length) {
      throw new FlowError('FLOW_INTERNAL', { message: `A batch has ${batch.keys.length} keys and ${epochs.length} epochs.` });
    }
    const drawing = this.stages.filter(({ hasDraws }) => hasDraws);
    return { ...batch, draws: Object.fromEntries(drawing.map((stage) => [stage.planned.name, stackDraws(stage, batch.keys, epochs)])) };
  }
}

function stackDraws(stage: CompiledStage, keys: readonly string[], epochs: readonly number[]): Record<string, HostTensor> {
  const samples = keys.map((key, index) => stage.draw(key, epochs[index]!));
  return Object.fromEntries(Object.keys(samples[0] ?? {}).map((port) => [port, stackSamples(samples.map((sample) => sample[port]!))]));
}

/** What a fenced-off operator says to use instead. */
function cureOf(cause: unknown): string | undefined {
  return cause instanceof FlowError ? cause.fields.cure : undefined;
}

/** The wanted values as tensors of the caller. */
function collect(run: SectionRun, wanted: readonly PortReference[]): Record<PortReference, Tensor> {
  return Object.fromEntries(wanted.map((reference) => [reference, run.value(reference).clone()]));
}
