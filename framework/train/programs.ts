/** The device programs of a run: one for each section of its graphs, over the same variables and constants. */
import { ConstantStore } from '../device/constants.js';
import { DeviceProgram } from '../device/program.js';
import { VariableStore } from '../device/variables.js';
import type { RunSection } from '../flow/section-stage.js';
import type { FlowServices } from '../flow/services.js';
import type { Plan, PlannedGraph, PlannedSection } from '../pipeline/plan.js';
import { cachedSection } from './cached-section.js';

export interface Programs {
  readonly variables: VariableStore;
  of(section: PlannedSection): DeviceProgram;
  /** What runs the sections of a graph, by name. */
  runners(graph: PlannedGraph): ReadonlyMap<string, RunSection>;
  dispose(): void;
}

/** Loads the resources of the graphs' device stages and builds their sections. The engine must be current; `dispose` frees the constants. */
export async function buildPrograms(
  plan: Plan, graphs: readonly PlannedGraph[], services: FlowServices, constants = new ConstantStore(),
): Promise<Programs> {
  const variables = new VariableStore(plan.seed);
  const sections = graphs.flatMap((graph) => graph.sections);
  const resources = await loadResources(plan, sections, services);
  const programs = new Map<PlannedSection, DeviceProgram>();
  for (const section of sections) {
    programs.set(section, await DeviceProgram.build({ plan, section, resources, variables, constants, seed: plan.seed, log: services.log }));
  }
  const of = (section: PlannedSection): DeviceProgram => programs.get(section)!;
  return {
    variables, of,
    runners: (graph) => new Map(graph.sections.map((section) => [section.name, runnerOf(plan, section, of(section), services)])),
    dispose: () => {
      variables.dispose();
      constants.dispose();
    },
  };
}

function runnerOf(plan: Plan, section: PlannedSection, program: DeviceProgram, services: FlowServices): RunSection {
  const run: RunSection = (batch) => program.run(batch, section.outputs);
  return section.cached && services.cache ? cachedSection(plan, section, program, services.cache) : run;
}

async function loadResources(plan: Plan, sections: readonly PlannedSection[], services: FlowServices): Promise<Map<string, unknown>> {
  const names = new Set(sections.flatMap(({ stages }) => stages).flatMap((stage) => Object.values(plan.stages.get(stage)!.resources)));
  const resources = new Map<string, unknown>();
  for (const name of names) resources.set(name, await services.resources.load(plan.resources.get(name)!));
  return resources;
}
