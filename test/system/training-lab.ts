/** Pipelines trained for a few steps inside a test, without run folders: resources and plugins are loaded once. */
import { ConstantStore } from '../../framework/device/constants.js';
import { tf, useEngine, type Tensor } from '../../framework/device/index.js';
import { openBatches } from '../../framework/flow/open-batches.js';
import { runStreams, type StreamResult } from '../../framework/flow/run-streams.js';
import { openServices, type FlowServices } from '../../framework/flow/services.js';
import type { HostTensor } from '../../framework/index.js';
import { loadPipeline } from '../../framework/pipeline/index.js';
import type { Plan, PlannedGraph, PlannedStage } from '../../framework/pipeline/plan.js';
import type { PluginRegistry } from '../../framework/plugin/registry.js';
import { createAdam } from '../../framework/train/adam.js';
import { buildPrograms, type Programs } from '../../framework/train/programs.js';
import { learningRateAt } from '../../framework/train/schedule.js';
import { gradientsOf } from '../../framework/train/step.js';
import { readVariables } from '../../framework/train/variables.js';
import { writePipeline } from './support.js';

/** Values of all variables after a step, by name. */
export type Weights = ReadonlyMap<string, HostTensor>;

/** Names of the variables that are not the same, bit for bit, in both. */
export function differingWeights(one: Weights, other: Weights): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => {
    const [left, right] = [one.get(name), other.get(name)];
    return !left || !right || !Buffer.from(left.data.buffer).equals(Buffer.from(right.data.buffer));
  });
}

/** Weights of the frozen networks stay on the device between trainings; all other constants belong to one. */
class LabConstants extends ConstantStore {
  constructor(private readonly networks: ConstantStore) {
    super();
  }

  override get(stage: PlannedStage, name: string, make: () => HostTensor): Tensor {
    return name.startsWith('networks/') ? this.networks.get(stage, name, make) : super.get(stage, name, make);
  }
}

export class TrainingLab {
  /** By the digest of the resource. */
  private readonly networks = new Map<string, ConstantStore>();

  private constructor(private readonly registry: PluginRegistry, private readonly resources: FlowServices['resources']) {}

  static async open(): Promise<TrainingLab> {
    const { plan, registry } = await loadPipeline({ file: 'pipelines/train-full.yaml' });
    await useEngine('wasm');
    const { resources } = openServices(plan, { plugins: registry, workers: 0 });
    return new TrainingLab(registry, resources);
  }

  /** The plan of files in order, with a partial document over them. */
  async load(files: readonly string[], document: object = {}): Promise<Plan> {
    return (await loadPipeline({ file: writePipeline('variant', files, document), registry: this.registry, environment: {} })).plan;
  }

  /**
   * Trains as `flow run` does.
   *
   * @param enough asked after every step; true ends the training.
   */
  async train(plan: Plan, steps: number, enough: (weights: Weights, step: number) => boolean = () => false): Promise<Weights[]> {
    return this.withPrograms(plan, plan.trainGraph!, async (programs, services) => {
      const settings = plan.train!;
      const [section] = plan.trainGraph!.sections.filter(({ outputs }) => outputs.includes(settings.loss));
      const others = { ...plan.trainGraph!, sections: plan.trainGraph!.sections.filter((each) => each !== section) };
      const program = programs.of(section!);
      const adam = createAdam(program.variables, { ...settings.optimizer, clipNorm: settings.clipNorm, factors: settings.learningRates });
      const batches = await openBatches(plan, plan.trainGraph!, { services, section, sections: programs.runners(others) });
      const history: Weights[] = [];
      try {
        for (let step = 1; step <= steps; step++) {
          const batch = (await batches.next()).value!;
          const { loss, gradients, outputs } = gradientsOf(program, batch, { loss: settings.loss, log: [], microBatch: settings.microBatch });
          tf.dispose([adam.apply(gradients, loss, learningRateAt(settings, step, batch.epoch)), loss, gradients, outputs]);
          adam.count();
          const weights = await readVariables(programs.variables.list());
          history.push(weights);
          if (enough(weights, step)) break;
        }
        return history;
      } finally {
        await batches.close();
        adam.dispose();
      }
    });
  }

  /** What one validation occasion gives before training: its metrics, and the files of its sinks in `folder`. */
  async validate(plan: Plan, folder: string): Promise<StreamResult> {
    const graph = plan.validateGraph!;
    return this.withPrograms(plan, graph, (programs, services) => runStreams(plan, graph, {
      services, sections: programs.runners(graph), folder: () => folder, collect: plan.validate!.metrics,
      samples: plan.validate!.samples, sources: plan.validate!.sources,
    }));
  }

  private async withPrograms<T>(plan: Plan, graph: PlannedGraph, use: (programs: Programs, services: FlowServices) => Promise<T>): Promise<T> {
    const services: FlowServices = { ...openServices(plan, { plugins: this.registry, workers: 0 }), resources: this.resources };
    const programs = await buildPrograms(plan, [graph], services, new LabConstants(this.networksOf(plan)));
    try {
      return await use(programs, services);
    } finally {
      programs.dispose();
      await services.close();
    }
  }

  private networksOf(plan: Plan): ConstantStore {
    const { digest } = plan.resources.get('networks')!;
    const known = this.networks.get(digest) ?? new ConstantStore();
    this.networks.set(digest, known);
    return known;
  }
}
