import { stackSamples, tf, type DeviceProgram } from '../device/index.js';
import { cacheKey, type ContentCache } from '../flow/cache.js';
import type { RunSection, SectionBatch } from '../flow/section-stage.js';
import type { StageValues } from '../flow/stage-values.js';
import { unstack } from '../flow/stack.js';
import type { Plan, PlannedSection } from '../pipeline/plan.js';
import type { HostTensor } from '../values/host-tensor.js';

/**
 * Runs a cached section: each sample by itself, so that its values depend on nothing else, and once for each content of its
 * inputs, stage version, options, resources and engine.
 */
export function cachedSection(plan: Plan, section: PlannedSection, program: Pick<DeviceProgram, 'run'>, cache: ContentCache): RunSection {
  const { use, pluginVersion, contract, options, name, inputs: edges, outputPorts, resources: slots } = plan.stages.get(section.stages[0]!)!;
  const resources = Object.fromEntries(Object.entries(slots).map(([slot, resource]) => [slot, plan.resources.get(resource)!.digest]));
  const ports = Object.keys(outputPorts);

  /** All outputs of one sample by port, whoever reads them. */
  const valuesOf = async (sample: SectionBatch): Promise<StageValues> => {
    const inputs = Object.fromEntries(Object.entries(edges).map(([port, edge]) => [port, sample.inputs[`${edge.stage}.${edge.port}`]]));
    const key = cacheKey({ use, pluginVersion, version: contract.version, options: { ...options, engine: tf.getBackend() }, resources, inputs });
    const known = await cache.get(key, name);
    if (known) return known;
    const computed = await program.run(sample, ports.map((port) => `${name}.${port}`));
    const values = Object.fromEntries(ports.map((port) => [port, unstack(computed[`${name}.${port}`]!, 0)]));
    await cache.put(key, values);
    return values;
  };

  return async (batch) => {
    const samples: StageValues[] = [];
    for (let row = 0; row < batch.keys.length; row++) samples.push(await valuesOf(sampleOf(batch, row)));
    return Object.fromEntries(section.outputs.map((reference) => {
      const port = reference.slice(name.length + 1);
      return [reference, stackSamples(samples.map((sample) => sample[port] as HostTensor))];
    }));
  };
}

/** One row of a batch, as a batch. */
function sampleOf(batch: SectionBatch, row: number): SectionBatch {
  return {
    keys: [batch.keys[row]!], epoch: batch.epochs[row]!, epochs: [batch.epochs[row]!],
    inputs: Object.fromEntries(Object.entries(batch.inputs).map(([port, value]) => {
      const sample = unstack(value, row);
      return [port, { ...sample, shape: [1, ...sample.shape] }];
    })),
  };
}
