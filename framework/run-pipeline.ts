/** A run from its file to its report, in order: read → compose → check → build → run. */
import { FlowError, FlowErrors } from './errors/flow-error.js';
import { useEngine, type EngineName } from './device/index.js';
import { openServices, type FlowServices } from './flow/services.js';
import { loadPipeline, type LoadOptions } from './pipeline/index.js';
import type { Plan } from './pipeline/plan.js';
import { watchInterrupts } from './run/interrupts.js';
import { createProgress, type ProgressOutput } from './run/progress.js';
import { writeReport } from './run/report.js';
import { checkResumable } from './run/resume.js';
import { createRunFolder, findRun, lockRunFolder, writePlan, type RunFolder } from './run/run-folder.js';
import { endRecord, startRecord, type RunEnd } from './run/run-record.js';
import { createTrace } from './run/trace.js';
import { openCheckpoints } from './train/checkpoint.js';
import { buildPrograms, type Programs } from './train/programs.js';
import { runInference } from './train/run-inference.js';
import { runTraining } from './train/run-training.js';
import type { Session } from './train/session.js';
import { describeLoad, loadWeights } from './train/weights.js';

export interface RunOptions extends Omit<LoadOptions, 'params'> {
  /** Parameters of the pipeline, as text. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Name of the run; made up otherwise. With `resume`, the run to go on with; the latest otherwise. */
  readonly name?: string;
  readonly resume?: boolean;
  /** An engine instead of the plan's. */
  readonly device?: string;
  /** Folder that holds the run folders; `runs` by default. */
  readonly runsFolder?: string;
  /** No progress and no notes. */
  readonly quiet?: boolean;
  readonly output?: ProgressOutput;
  readonly cacheRoot?: string;
  /** Only the samples of these keys; for runs without training. */
  readonly only?: readonly string[];
}

export interface RunResult extends RunEnd {
  readonly run: string;
  readonly folder: string;
  readonly report: string;
}

/** Runs a pipeline file. Throws FlowErrors and FlowError; a run folder that was begun then says so, and keeps what was finished. */
export async function runPipeline(options: RunOptions): Promise<RunResult> {
  const { plan, registry } = await loadPipeline({ ...options, params: options.parameters });
  const progress = createProgress({ output: options.quiet ? { write: () => true } : (options.output ?? process.stderr), unit: plan.train ? 'step' : 'sample' });
  const engine = await useEngine((options.device ?? plan.device) as EngineName);
  const folder = chooseFolder(plan, options, (line) => progress.say(line));
  const unlock = lockRunFolder(folder);
  const interrupts = watchInterrupts((line) => progress.say(line));
  try {
    const services = openServices(plan, {
      plugins: registry, runFolder: folder.path, cacheRoot: options.cacheRoot, log: (line) => progress.say(line),
    });
    const open = { plan, engine, folder, services, progress, interrupts };
    return await withRecord(open, options, () => runActivity(open, options));
  } finally {
    progress.end();
    interrupts.release();
    unlock();
  }
}

type OpenRun = Omit<Session, 'programs' | 'start'>;

function chooseFolder(plan: Plan, { resume, name, runsFolder = 'runs' }: RunOptions, say: (line: string) => void): RunFolder {
  if (!resume) return createRunFolder(runsFolder, plan.name, name);
  const folder = findRun(runsFolder, name ?? 'latest', plan.name);
  for (const difference of checkResumable(folder, plan)) say(`changed since the run began: ${difference}`);
  return folder;
}

/** Builds the device programs, gives them their weights, and trains or infers. */
async function runActivity(open: OpenRun, options: RunOptions): Promise<RunEnd> {
  const { plan, services } = open;
  const graphs = [plan.trainGraph, plan.validateGraph, plan.runGraph].filter((graph) => graph !== undefined);
  const programs = await buildPrograms(plan, graphs, services);
  try {
    const session: Session = { ...open, programs, start: initialise(open, programs, options), only: options.only };
    noteVariables(session);
    if (!plan.train) {
      const { reason, finished, refused, dataDigest } = await runInference(session);
      return { state: reason, exitCode: reason === 'interrupted' ? 130 : 0, finished, refused: refused.length, dataDigest };
    }
    const { reason, step, best, dataDigest } = await runTraining(session);
    return { state: reason, exitCode: reason === 'interrupted' ? 130 : 0, step, best: best ?? undefined, dataDigest };
  } finally {
    programs.dispose();
  }
}

/** The newest whole checkpoint of a resumed run; else the weights that the plan names are loaded. */
function initialise({ plan, folder, progress }: OpenRun, programs: Programs, options: RunOptions): Session['start'] {
  if (options.resume && plan.train) {
    const { checkpoint, damaged } = openCheckpoints(folder.checkpoints, plan.train.checkpoint.keep).latest();
    for (const line of damaged) progress.say(`a damaged checkpoint is left out: ${line}`);
    if (checkpoint) return checkpoint;
  }
  for (const weights of plan.weights) {
    progress.say(`weights for ${describeLoad(loadWeights(weights, programs.variables.list(), options.runsFolder ?? 'runs'))}`);
  }
  return undefined;
}

function noteVariables({ programs, progress, folder, engine, start }: Session): void {
  const { all, trainable } = programs.variables.count();
  const count = programs.variables.list().length;
  if (count > 0) folder.writeRecord({ ...folder.readRecord(), variables: { count, numbers: all, trainable } });
  progress.say(`run ${folder.pipeline}/${folder.name} on ${engine.describe()}${start ? `, from step ${start.state.step}` : ''}`);
}

/** Keeps `run.json`, the trace and the report around an activity, however it ends. */
async function withRecord(open: OpenRun, options: RunOptions, activity: () => Promise<RunEnd>): Promise<RunResult> {
  const { plan, folder, engine, services } = open;
  const circumstances = { engine: { name: engine.name, deterministic: engine.deterministic, description: engine.describe() } };
  // A record stands for a complete folder, so it comes last where there was none.
  if (!options.resume) writePlan(folder, plan);
  folder.writeRecord(startRecord(plan, folder.name, circumstances, options.resume ? folder.readRecord() : undefined));
  if (options.resume) writePlan(folder, plan);
  const trace = createTrace();
  const tracing = services.monitor.progress$.subscribe((span) => trace.add(span));
  try {
    const end = await activity();
    return finish(folder, end);
  } catch (error) {
    attempt(services, () => finish(folder, { state: 'failed', ...failureOf(error) }));
    throw error;
  } finally {
    tracing.unsubscribe();
    await closeServices(services);
    attempt(services, () => trace.write(folder.file('trace.json')));
  }
}

function finish(folder: RunFolder, end: RunEnd): RunResult {
  folder.writeRecord(endRecord(folder.readRecord(), end));
  return { ...end, run: `${folder.pipeline}/${folder.name}`, folder: folder.path, report: writeReport(folder) };
}

function failureOf(error: unknown): Pick<RunEnd, 'exitCode' | 'error'> {
  const first = error instanceof FlowErrors ? error.problems[0] : error;
  if (first instanceof FlowError) return { exitCode: first.exitCode, error: first.toJSON() };
  return { exitCode: 1, error: { message: first instanceof Error ? first.message : String(first) } };
}

async function closeServices(services: FlowServices): Promise<void> {
  await services.close().catch((error: unknown) => services.log(`while closing: ${String(error)}`));
}

/** An error while the run is put away must not hide the one that ended it. */
function attempt(services: FlowServices, action: () => unknown): void {
  try {
    action();
  } catch (error) {
    services.log(`while closing: ${String(error)}`);
  }
}
