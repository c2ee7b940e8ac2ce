/** A real training step outside the loop: the program, optimiser and first batches of a pipeline. */
import { fileURLToPath } from 'node:url';
import { useEngine, type Engine, type EngineName } from '../../framework/device/index.js';
import { openBatches } from '../../framework/flow/open-batches.js';
import { openServices } from '../../framework/flow/services.js';
import { loadPipeline } from '../../framework/pipeline/index.js';
import type { Plan } from '../../framework/pipeline/plan.js';
import { createAdam, readVerdict, type Adam } from '../../framework/train/adam.js';
import type { DeviceProgram } from '../../framework/device/program.js';
import type { TrainBatch } from '../../framework/train/program.js';
import { buildPrograms } from '../../framework/train/programs.js';
import { openReplicas } from '../../framework/train/replicas/replicas.js';
import { disposeResult } from '../../framework/train/read-back.js';
import { gradientsOf } from '../../framework/train/step.js';

export interface StepRequest {
  readonly pipeline?: string;
  readonly profile?: string;
  readonly engine: EngineName;
  readonly set?: readonly string[];
}

export interface TrainingStep {
  readonly engine: Engine;
  readonly plan: Plan;
  readonly program: DeviceProgram;
  readonly batch: TrainBatch;
  readonly adam: Adam;
  /** Gradients alone, by this thread; the caller frees them. */
  gradients(): ReturnType<typeof gradientsOf>;
  /** One whole step, read back; with `train.replicas`, by several threads. */
  step(between?: () => void): Promise<number>;
  /** A resource of the plan, built. */
  resource<T>(name: string): Promise<T>;
  close(): Promise<void>;
}

/** Opens a pipeline of `pipelines/` on an engine and takes its first batch. */
export async function openTrainingStep({ pipeline = 'train-full', profile = 'small', engine: name, set = [] }: StepRequest): Promise<TrainingStep> {
  const file = fileURLToPath(new URL(`../../pipelines/${pipeline}.yaml`, import.meta.url));
  const { plan, registry } = await loadPipeline({ file, profile, set });
  const engine = await useEngine(name);
  const services = openServices(plan, { plugins: registry });
  const programs = await buildPrograms(plan, [plan.trainGraph!], services);
  const settings = plan.train!;
  const stage = settings.loss.slice(0, settings.loss.lastIndexOf('.'));
  const section = plan.trainGraph!.sections.find(({ stages }) => stages.includes(stage))!;
  const program = programs.of(section);
  const batches = await openBatches(plan, plan.trainGraph!, { services, section, sections: programs.runners(plan.trainGraph!) });
  const batch = (await batches.next()).value!;
  await batches.close();
  const adam = createAdam(program.variables, { ...settings.optimizer, clipNorm: settings.clipNorm, factors: settings.learningRates });
  const request = { loss: settings.loss, log: settings.log, microBatch: settings.microBatch };
  const gradients = () => gradientsOf(program, batch, request);
  const replicas = settings.replicas > 1
    ? await openReplicas({ plan, section, program, engine, count: settings.replicas, plugins: registry, cacheRoot: services.cacheRoot, log: () => undefined })
    : undefined;
  return {
    engine, plan, program, batch, adam, gradients,
    async step(between) {
      const result = await (replicas ? replicas.gradients(batch, request) : gradients());
      between?.();
      const verdict = await readVerdict(adam.apply(result.gradients, result.loss, settings.optimizer.learningRate));
      if (verdict.finite) adam.count();
      const loss = (await result.loss.data())[0]!;
      disposeResult(result);
      return loss;
    },
    resource: async <T>(wanted: string) => (await services.resources.load(plan.resources.get(wanted)!)) as T,
    async close() {
      await replicas?.close();
      adam.dispose();
      programs.dispose();
      await services.close();
    },
  };
}
