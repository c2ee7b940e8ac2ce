/** What every stage of a pipeline takes and gives on real photos, for tests that look at stages one by one. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { useEngine } from '../../framework/device/index.js';
import { openBatches } from '../../framework/flow/open-batches.js';
import { runStreams } from '../../framework/flow/run-streams.js';
import { openServices, type FlowServices } from '../../framework/flow/services.js';
import { float32, isHostTensor, randomFor, type HostTensor } from '../../framework/index.js';
import { loadPipeline } from '../../framework/pipeline/index.js';
import type { Plan, PlannedStage } from '../../framework/pipeline/plan.js';
import { sampleAt } from '../../framework/testing/stage.js';
import { buildPrograms, type Programs } from '../../framework/train/programs.js';
import { temporaryFolder } from './support.js';

/** Values of one port, one for each sample; values that are no tensors stand as they are. */
export type Samples = readonly unknown[];
export type PortSamples = Readonly<Record<string, Samples>>;

export interface StageValues {
  readonly stage: PlannedStage;
  readonly inputs: PortSamples;
  readonly outputs: PortSamples;
  /** What a sink wrote, by file name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface ObservedPipeline {
  readonly plan: Plan;
  readonly keys: readonly string[];
  readonly stages: ReadonlyMap<string, StageValues>;
  readonly resources: ReadonlyMap<string, unknown>;
}

/** Runs a pipeline without a train block. Variables are moved off their start, where last layers are zero. */
export async function observe(file: string): Promise<ObservedPipeline> {
  const { plan, registry } = await loadPipeline({ file, environment: {} });
  await useEngine('wasm');
  const services = openServices(plan, { plugins: registry, workers: 0 });
  const programs = await buildPrograms(plan, [plan.runGraph!], services);
  for (const { name, variable } of programs.variables.list()) {
    const random = randomFor('moved', name);
    const start = await programs.variables.get(name);
    programs.variables.set(name, float32(start.data.map((value) => value + 0.005 * random.normal()) as Float32Array, variable.shape));
  }
  try {
    const folder = temporaryFolder();
    const hosts = [...plan.stages.values()].filter(({ contract: { kind } }) => kind === 'source' || kind === 'host');
    const collect = hosts.flatMap(({ name, outputPorts }) => Object.keys(outputPorts).map((port) => `${name}.${port}`));
    const { collected, keys } = await runStreams(plan, plan.runGraph!, {
      services, sections: programs.runners(plan.runGraph!), collect, folder: (stage) => join(folder, stage),
    });
    const values: Record<string, Samples> = { ...collected, ...(await deviceValues(plan, services, programs, keys.length)) };
    const resources = new Map<string, unknown>();
    for (const [name, resource] of plan.resources) resources.set(name, await services.resources.load(resource));
    return { plan, keys, resources, stages: new Map([...plan.stages.values()].map((stage) => [stage.name, valuesOf(stage, values, join(folder, stage.name))])) };
  } finally {
    programs.dispose();
    await services.close();
  }
}

/** All ports of all device sections, over one batch of all samples. */
async function deviceValues(plan: Plan, services: FlowServices, programs: Programs, count: number): Promise<Record<string, HostTensor[]>> {
  const values: Record<string, HostTensor[]> = {};
  for (const section of plan.runGraph!.sections) {
    const sections = programs.runners({ ...plan.runGraph!, sections: plan.runGraph!.sections.filter((other) => other !== section) });
    const batches = await openBatches(plan, plan.runGraph!, { services, section, sections, size: count, shuffle: false });
    const batch = (await batches.next()).value!;
    await batches.close();
    const wanted = section.stages.flatMap((name) => Object.keys(plan.stages.get(name)!.outputPorts).map((port) => `${name}.${port}`));
    const outputs = await programs.of(section).run(batch, wanted);
    for (const [reference, value] of Object.entries(outputs)) values[reference] = batch.keys.map((_, row) => sampleAt(value, row));
  }
  return values;
}

function valuesOf(stage: PlannedStage, values: Readonly<Record<string, Samples>>, folder: string): StageValues {
  const inputs = Object.fromEntries(Object.entries(stage.inputs).map(([port, edge]) => [port, values[`${edge.stage}.${edge.port}`]!]));
  const outputs = Object.fromEntries(Object.keys(stage.outputPorts).map((port) => [port, values[`${stage.name}.${port}`]!]));
  const names = stage.contract.kind === 'sink' ? readdirSync(folder) : [];
  return { stage, inputs, outputs, files: new Map(names.map((name) => [name, readFileSync(join(folder, name))])) };
}

/** The same values as if the stage were another function. */
export const replacements: Readonly<Record<string, (values: StageValues) => StageValues | undefined>> = {
  zero: (values) => mapTensors(values, ({ data, ...rest }) => ({ ...rest, data: data.map(() => 0) as HostTensor['data'] }), () => Buffer.alloc(0)),
  'a constant number': (values) => mapTensors(values, ({ data, ...rest }, samples) => {
    const mean = meanOf(samples.flatMap((sample) => meanOf(Array.from((sample as HostTensor).data))));
    return { ...rest, data: data.map(() => mean) as HostTensor['data'] };
  }, (_bytes, name) => Buffer.alloc(400, name.slice(-4))),
  'the answer for the first photo': (values) => ({
    ...values,
    outputs: Object.fromEntries(Object.entries(values.outputs).map(([port, samples]) => [port, samples.map(() => samples[0])])),
    files: new Map([...values.files.keys()].map((name) => {
      const alike = [...values.files.keys()].filter((other) => other.endsWith(name.slice(-4)));
      return [name, alike.length > 1 ? values.files.get(alike[0]!)! : Buffer.alloc(0)];
    })),
  }),
  identity: (values) => {
    const changed = Object.entries(values.outputs).flatMap(([port, samples]) => {
      const same = Object.values(values.inputs).find((input) => input.every((value, index) => sameShape(value, samples[index])));
      return same ? [[port, same] as const] : [];
    });
    return changed.length > 0 ? { ...values, outputs: { ...values.outputs, ...Object.fromEntries(changed) } } : undefined;
  },
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

type ChangeTensor = (value: HostTensor, samples: Samples) => HostTensor;

/** Nothing where a stage gives neither tensors nor files. */
function mapTensors(values: StageValues, change: ChangeTensor, changeFile: (bytes: Buffer, name: string) => Buffer): StageValues | undefined {
  if (values.files.size === 0 && !Object.values(values.outputs).flat().some(isHostTensor)) return undefined;
  const changed = (samples: Samples): Samples => samples.map((value) => (isHostTensor(value) ? change(value, samples) : value));
  return {
    ...values,
    outputs: Object.fromEntries(Object.entries(values.outputs).map(([port, samples]) => [port, changed(samples)])),
    files: new Map([...values.files].map(([name, bytes]) => [name, changeFile(bytes, name)])),
  };
}

function sameShape(one: unknown, other: unknown): boolean {
  return isHostTensor(one) && isHostTensor(other) && one.shape.join() === other.shape.join();
}
