/** The training loop: batches in, weights, logs and checkpoints out. */
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { tf, type Tensor } from '../device/index.js';
import { FlowError } from '../errors/flow-error.js';
import { loggable, type RunLogs, type StepMetrics, type ValidationMetrics } from '../run/metrics.js';
import type { TrainPlan } from '../pipeline/plan.js';
import { readVerdict, type Adam } from './adam.js';
import type { BestValue, Checkpoint, CheckpointState, CheckpointStore } from './checkpoint.js';
import { createGuard, type NonFiniteGuard } from './non-finite.js';
import type { DataCursor, LossAndGradients, NamedVariable, TrainBatch, TrainingProgram } from './program.js';
import { disposeResult, mapLoggable, scalar, scalars } from './read-back.js';
import { learningRateAt } from './schedule.js';
import { gradientsOf, type GradientSource } from './step.js';
import { readVariables, writeVariables } from './variables.js';

export interface ValidationHook {
  readonly everySteps: number;
  readonly best: { readonly metric: string; readonly mode: 'min' | 'max' } | null;
  run(step: number): Promise<ValidationMetrics>;
}

export interface LoopEvents {
  /** `done` is the share of the work, where the end is known. */
  step?(metrics: StepMetrics, done: number | undefined): void;
  validation?(metrics: ValidationMetrics, isBest: boolean): void;
  checkpoint?(path: string, step: number): void;
}

export interface TrainingRun {
  readonly plan: TrainPlan;
  readonly program: TrainingProgram;
  /** What computes the gradients; the program alone by default. */
  readonly source?: GradientSource;
  /** What checkpoints hold: the program's variables, and those of other programs. */
  readonly variables: readonly NamedVariable[];
  readonly adam: Adam;
  /** Batches from the start's cursor on; the iterator prefetches. It may end. */
  readonly batches: AsyncIterator<TrainBatch>;
  /** Samples of an epoch. */
  readonly epochLength: number;
  readonly identity: Pick<CheckpointState, 'seed' | 'engine' | 'planDigest' | 'dataDigest'>;
  readonly logs: RunLogs;
  readonly checkpoints: CheckpointStore;
  readonly refusedKeys?: () => readonly string[];
  readonly validation?: ValidationHook;
  readonly events?: LoopEvents;
  /** The engine reads back at once: steps are settled when they are taken, not one step late. */
  readonly settleAtOnce?: boolean;
  /** Asked after every step: true ends the run with a checkpoint. */
  readonly interrupted?: () => boolean;
  /** Already restored into variables and Adam by `restore`. */
  readonly start?: Checkpoint;
  /** Seconds of training before `start`. */
  readonly elapsedBefore?: number;
}

export interface TrainOutcome {
  readonly reason: 'finished' | 'interrupted';
  readonly step: number;
  readonly best: BestValue | null;
}

/** Puts a checkpoint's variables and moments on the device. */
export function restore(variables: readonly NamedVariable[], adam: Adam, checkpoint: Checkpoint): void {
  writeVariables(variables, checkpoint.variables);
  adam.restore(checkpoint.adam);
}

/** Trains until the plan says stop, the batches end, or an interruption. Throws FLOW_NON_FINITE, FLOW_DISK and what batches throw. */
export async function train(run: TrainingRun): Promise<TrainOutcome> {
  const loop = new TrainingLoop(run);
  try {
    return await loop.go();
  } catch (error) {
    await loop.saveAfterError(error);
    throw error;
  }
}

/** A step that the device still works on. */
interface PendingStep {
  readonly batch: TrainBatch;
  readonly step: number;
  readonly learningRate: number;
  readonly verdict: Tensor;
  readonly loss: Tensor;
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly waited: number;
}

const seconds = (): number => performance.now() / 1000;

class TrainingLoop {
  private readonly run: TrainingRun;
  private readonly guard: NonFiniteGuard;
  private readonly began = seconds();
  private step: number;
  private cursor: DataCursor;
  private best: BestValue | null;
  private pending: PendingStep | undefined;
  private savedAt: number;
  private validatedAt: number;
  /** The last step after which everything due was done: only such a state may be saved. */
  private completeAt: number;
  /** When everything due after the last step was done: the next step's time counts from here. */
  private readyAt = seconds();

  constructor(run: TrainingRun) {
    this.run = run;
    const state = run.start?.state;
    this.step = state?.step ?? 0;
    this.cursor = state?.cursor ?? { epoch: 0, position: 0 };
    this.best = state?.best ?? null;
    this.savedAt = state?.step ?? -1;
    this.validatedAt = state?.validatedAt ?? -1;
    this.completeAt = this.step;
    this.guard = createGuard(run.plan.onNonFinite, run.variables, run.adam, state?.nonFinite ?? 0);
  }

  async go(): Promise<TrainOutcome> {
    await this.guard.remember();
    if (this.run.validation && this.step === 0 && this.validatedAt < 0 && !this.run.interrupted?.()) await this.validate();
    this.readyAt = seconds();
    let reason: TrainOutcome['reason'] = 'finished';
    while (!this.mustStop()) {
      if (this.run.interrupted?.()) {
        reason = 'interrupted';
        break;
      }
      if (!(await this.oneStep())) break;
      await yieldToEvents();
    }
    await this.settle();
    if (reason === 'finished' && this.step !== this.validatedAt && this.step > 0) await this.validate();
    await this.save();
    return { reason, step: this.step, best: this.best };
  }

  /** Keeps what was reached before an error; the error itself matters more than a failure to do so. */
  async saveAfterError(error: unknown): Promise<void> {
    if (error instanceof FlowError && error.code === 'FLOW_DISK') return;
    try {
      await this.settle();
      if (this.completeAt === this.step && this.step > 0) await this.save();
    } catch {
      // The older checkpoints are still there.
    }
  }

  private async oneStep(): Promise<boolean> {
    const { plan, program, adam } = this.run;
    const started = seconds();
    const next = await this.run.batches.next();
    if (next.done) return false;
    const batch = next.value;
    const waited = seconds() - started;
    const request = { loss: plan.loss, log: plan.log, microBatch: plan.microBatch };
    const source = this.run.source ?? { gradients: () => gradientsOf(program, batch, request) };
    let result = await source.gradients(batch, request);
    if ((await this.settleBefore(result)) === 'weightsChanged') {
      disposeResult(result);
      result = await source.gradients(batch, request);
    }
    const step = this.step + 1;
    const learningRate = learningRateAt(plan, step, batch.epoch);
    const verdict = adam.apply(result.gradients, result.loss, learningRate);
    tf.dispose(Object.values(result.gradients));
    this.pending = { batch, step, learningRate, verdict, loss: result.loss, outputs: result.outputs, waited };
    if (this.run.settleAtOnce || this.needsSettledState(step)) await this.settle();
    return true;
  }

  /** Settles the previous step while the device works on this one; frees this one when that fails. */
  private async settleBefore(result: LossAndGradients): Promise<'weightsChanged' | 'same'> {
    try {
      return await this.settle();
    } catch (error) {
      disposeResult(result);
      throw error;
    }
  }

  /** Reads the pending step, counts and logs it, and does what is due after it. */
  private async settle(): Promise<'weightsChanged' | 'same'> {
    const { pending } = this;
    if (!pending) return 'same';
    this.pending = undefined;
    const verdict = await readVerdict(pending.verdict);
    const values = { [this.run.plan.loss]: await scalar(pending.loss), ...(await scalars(pending.outputs)) };
    const metrics: StepMetrics = {
      step: pending.step, epoch: pending.batch.epoch, learningRate: pending.learningRate,
      gradientNorm: loggable(verdict.gradientNorm), values: mapLoggable(values),
    };
    const action = verdict.finite ? 'none' : this.guard.decide(pending.step, pending.batch.keys, values);
    if (verdict.finite) {
      this.run.adam.count();
      this.guard.passed();
    }
    this.step = pending.step;
    this.cursor = pending.batch.next;
    this.log(action === 'none' ? metrics : { ...metrics, action }, pending);
    if (action === 'rollback') this.guard.goBack();
    await this.afterStep();
    return action === 'rollback' ? 'weightsChanged' : 'same';
  }

  private log(metrics: StepMetrics, pending: PendingStep): void {
    const { logs, events } = this.run;
    logs.step(metrics);
    logs.timing({ step: metrics.step, seconds: seconds() - this.readyAt, waited: pending.waited, elapsed: this.elapsed() });
    events?.step?.(metrics, this.shareDone());
  }

  private async afterStep(): Promise<void> {
    const { validation, plan } = this.run;
    if (validation && this.step % validation.everySteps === 0) await this.validate();
    if (this.step % plan.checkpoint.everySteps === 0) await this.save();
    this.completeAt = this.step;
    this.readyAt = seconds();
  }

  /** Validation and checkpoints look at the weights, so nothing may be in flight then. */
  private needsSettledState(step: number): boolean {
    const { validation, plan } = this.run;
    return step % plan.checkpoint.everySteps === 0 || (validation !== undefined && step % validation.everySteps === 0);
  }

  private async validate(): Promise<void> {
    const { validation, logs, checkpoints, events, variables } = this.run;
    if (!validation) return;
    const metrics = await validation.run(this.step);
    this.validatedAt = this.step;
    this.savedAt = -1;
    logs.validation(metrics);
    const value = validation.best ? metrics.values[validation.best.metric] : undefined;
    const isBest = value !== undefined && value !== null && this.isBetter(value, validation.best!.mode);
    if (isBest) {
      this.best = { step: this.step, value };
      checkpoints.saveBest(await readVariables(variables), this.best);
    }
    events?.validation?.(metrics, isBest);
  }

  private isBetter(value: number, mode: 'min' | 'max'): boolean {
    if (this.best === null) return true;
    return mode === 'min' ? value < this.best.value : value > this.best.value;
  }

  private async save(): Promise<void> {
    if (this.savedAt === this.step) return;
    const { adam, logs, identity, checkpoints, refusedKeys, events } = this.run;
    const [variables, adamState] = [await readVariables(this.run.variables), await adam.state()];
    const path = checkpoints.save({
      variables, adam: adamState,
      state: {
        step: this.step, adamSteps: adamState.steps, cursor: this.cursor, ...identity, refusedKeys: refusedKeys?.() ?? [],
        offsets: logs.offsets(), best: this.best, validatedAt: this.validatedAt,
        nonFinite: this.guard.inARow,
      },
    });
    this.savedAt = this.step;
    await this.guard.remember();
    events?.checkpoint?.(path, this.step);
  }

  private mustStop(): boolean {
    const { steps, minutes, epochs } = this.run.plan.stop;
    const begun = this.step + (this.pending ? 1 : 0);
    return (steps !== undefined && begun >= steps) || (minutes !== undefined && this.elapsed() >= minutes * 60) ||
      (epochs !== undefined && this.epochsAt(this.pending?.batch.next ?? this.cursor) >= epochs);
  }

  private epochsAt({ epoch, position }: DataCursor): number {
    return epoch + position / this.run.epochLength;
  }

  private elapsed(): number {
    return (this.run.elapsedBefore ?? 0) + seconds() - this.began;
  }

  private shareDone(): number | undefined {
    const { steps, epochs, minutes } = this.run.plan.stop;
    const shares: number[] = [];
    if (steps !== undefined) shares.push(this.step / steps);
    if (minutes !== undefined) shares.push(this.elapsed() / (minutes * 60));
    if (epochs !== undefined) shares.push(this.epochsAt(this.cursor) / epochs);
    return shares.length ? Math.min(1, Math.max(...shares)) : undefined;
  }
}
