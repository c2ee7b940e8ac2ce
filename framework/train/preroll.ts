/**
 * `flow check --preroll`: one synthetic batch through every device section, with the variables moved off their start (last
 * layers start at zero and would hide a missing gradient): finite values, a gradient for every trained variable, no tensor
 * left behind. Shapes are checked by the sections themselves.
 */
import { tf, useEngine, type DeviceProgram, type EngineName, type Tensor, type VariableStore } from '../device/index.js';
import { FlowError, FlowErrors } from '../errors/flow-error.js';
import { openServices } from '../flow/services.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { Plan, PlannedSection } from '../pipeline/plan.js';
import { randomFor } from '../values/random.js';
import { buildPrograms } from './programs.js';
import { syntheticBatch } from './synthetic-batch.js';

export interface PrerollResult {
  readonly engine: string;
  readonly sections: readonly { readonly section: string; readonly milliseconds: number; readonly outputs: number }[];
  readonly variables: number;
  readonly numbers: number;
}

/** Samples of the synthetic batch: two, so that a stage that confuses batch and sample is found. */
const samples = 2;

/** Throws FlowErrors with every value that is not finite, every variable without a gradient and every leak. */
export async function preroll(plan: Plan, plugins: PluginRegistry, options: { readonly device: string }): Promise<PrerollResult> {
  const engine = await useEngine(options.device as EngineName);
  const graphs = [plan.trainGraph, plan.validateGraph, plan.runGraph].filter((graph) => graph !== undefined);
  const services = openServices(plan, { plugins, workers: 0 });
  const programs = await buildPrograms(plan, graphs, services);
  const problems: FlowError[] = [];
  try {
    perturb(programs.variables, plan.seed);
    const sections: PrerollResult['sections'][number][] = [];
    for (const section of graphs.flatMap((graph) => graph.sections)) {
      const started = performance.now();
      problems.push(...(await tryForward(plan, section, programs.of(section))));
      if (plan.train && plan.trainGraph?.sections.includes(section)) problems.push(...(await tryGradients(plan, section, programs.of(section))));
      sections.push({ section: section.name, milliseconds: Math.round(performance.now() - started), outputs: section.outputs.length });
    }
    if (problems.length > 0) throw new FlowErrors(problems);
    const { all } = programs.variables.count();
    return { engine: engine.name, sections, variables: programs.variables.list().length, numbers: all };
  } finally {
    programs.dispose();
    await services.close();
  }
}

/** The result of a preroll for people. */
export function renderPreroll({ engine, sections, variables, numbers }: PrerollResult): string {
  const lines = sections.map(({ section, milliseconds, outputs }) => `  ${section}: ${outputs} outputs, all finite (${milliseconds} ms)`);
  return [`preroll on ${engine}: ${variables} variables with ${numbers} numbers; every trained one has a gradient; no tensor is left behind.`, ...lines].join('\n');
}

function perturb(variables: VariableStore, seed: number): void {
  for (const { name, variable } of variables.list()) {
    const random = randomFor(seed, 'preroll', name);
    const moved = Float32Array.from({ length: variable.size }, () => 0.02 * random.normal());
    tf.tidy(() => variable.assign(tf.add(variable, tf.tensor(moved, variable.shape))));
  }
}

async function tryForward(plan: Plan, section: PlannedSection, program: DeviceProgram): Promise<FlowError[]> {
  const before = tf.memory().numTensors;
  const outputs = await program.run(syntheticBatch(plan, section, samples), section.outputs);
  const problems = Object.entries(outputs)
    .filter(([, value]) => !value.data.every((number) => Number.isFinite(number)))
    .map(([reference]) => new FlowError('FLOW_NON_FINITE', { who: reference, message: 'the synthetic batch gives a value that is not finite' }));
  return [...problems, ...leak(section, before)];
}

async function tryGradients(plan: Plan, section: PlannedSection, program: DeviceProgram): Promise<FlowError[]> {
  const { loss } = plan.train!;
  if (!section.outputs.includes(loss)) return [];
  const before = tf.memory().numTensors;
  const result = program.valueAndGradients(syntheticBatch(plan, section, samples), loss);
  const problems: FlowError[] = [];
  for (const { name, trainable } of program.variables) {
    if (!trainable) continue;
    const norm = result.gradients[name] && (await normOf(result.gradients[name]));
    if (norm !== undefined && Number.isFinite(norm) && norm > 0) continue;
    problems.push(new FlowError('FLOW_TRAIN', {
      who: name, message: norm === undefined || norm === 0 ? 'no gradient reaches this variable' : 'its gradient is not finite',
      cure: 'remove the stage, connect it to the loss, or set `trainable: false`.',
    }));
  }
  tf.dispose([result.loss, ...Object.values(result.gradients), ...Object.values(result.outputs)]);
  return [...problems, ...leak(section, before)];
}

async function normOf(gradient: Tensor): Promise<number> {
  const norm = tf.tidy(() => tf.norm(gradient));
  const [value] = await norm.data();
  norm.dispose();
  return value!;
}

function leak(section: PlannedSection, before: number): FlowError[] {
  const left = tf.memory().numTensors - before;
  return left <= 0 ? [] : [new FlowError('FLOW_DEVICE_LEAK', { who: section.name, message: `${left} tensors are left behind after a batch` })];
}
