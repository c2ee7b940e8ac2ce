/** From a reference such as `first.render` or `$in.image` to the output of a stage. */
import type { Place } from '../errors/flow-error.js';
import { splitReference, type Compilation } from './compilation.js';
import type { Path } from './document.js';
import type { ExpandedPipeline, ExpandedStage, GraphUse, Level } from './expand-graphs.js';
import { listNames, suggestion } from './nearest-name.js';
import type { InputDefinition } from './schema.js';

export interface Target {
  readonly stage: ExpandedStage;
  readonly port: string;
  readonly detach: boolean;
}

/** `unconnected`: an input of a graph that its use leaves open. `broken`: a problem that is already reported. */
export type Resolution = Target | 'unconnected' | 'broken';

interface Looking {
  readonly compilation: Compilation;
  readonly who: string;
  readonly where: Place;
  /** References passed on the way, so that graphs which only pass inputs on cannot lead in a circle. */
  readonly passed: readonly string[];
}

/** Follows the input of a stage or of a graph's use, written at `path`, to the stage that feeds it. */
export function resolveInput(compilation: Compilation, level: Level, input: InputDefinition, path: Path, who: string): Resolution {
  const reference = typeof input === 'string' ? input : input.from;
  const detach = typeof input !== 'string' && input.detach === true;
  const where = compilation.place(typeof input === 'string' ? path : [...path, 'from']);
  return detached(resolve({ compilation, who, where, passed: [] }, level, reference), detach);
}

/** Follows a reference of the train or validate block: names of the top level, or expanded names such as `first/render.image`. */
export function resolveOutput(compilation: Compilation, pipeline: ExpandedPipeline, reference: string, path: Path, who: string): Target | undefined {
  const { name, port } = splitReference(reference);
  const direct = pipeline.stages.get(name);
  if (direct && port !== undefined) return { stage: direct, port, detach: false };
  const found = resolve({ compilation, who, where: compilation.place(path), passed: [] }, pipeline.top, reference);
  return typeof found === 'string' ? undefined : found;
}

function resolve(looking: Looking, level: Level, reference: string): Resolution {
  const { name, port } = splitReference(reference);
  const key = `${level.prefix}${reference}`;
  if (looking.passed.includes(key)) return report(looking, 'FLOW_CYCLE', `"${reference}" leads back to itself: ${[...looking.passed, key].join(' → ')}`);
  const deeper = { ...looking, passed: [...looking.passed, key] };
  if (port === undefined) return report(looking, 'FLOW_EDGE', `"${reference}" is not an output`, 'stage.port, or $in.name inside a graph');
  if (name === '$in') return resolveGraphInput(deeper, level, port);
  if (level.broken.has(name)) return 'broken';
  const entry = level.stages.get(name);
  if (!entry) return reportUnknown(looking, level, name);
  return entry.kind === 'stage' ? { stage: entry, port, detach: false } : resolveGraphOutput(deeper, entry, port);
}

function resolveGraphInput(looking: Looking, level: Level, input: string): Resolution {
  const { use } = level;
  if (!use) return report(looking, 'FLOW_EDGE', '$in means the inputs of a graph, and this is not inside one', 'stage.port');
  const names = use.graph.in ?? [];
  if (!names.includes(input)) {
    return report(looking, 'FLOW_EDGE', `the graph ${use.graphName} has no input "${input}"`, `one of ${listNames(names)}`, suggestion(input, names));
  }
  const connected = Object.hasOwn(use.inputs, input) ? use.inputs[input] : undefined;
  if (connected === undefined) return 'unconnected';
  const reference = typeof connected === 'string' ? connected : connected.from;
  const where = looking.compilation.place([...use.path, 'in', input, ...(typeof connected === 'string' ? [] : ['from'])]);
  return detached(resolve({ ...looking, where }, use.outer, reference), typeof connected !== 'string' && connected.detach === true);
}

function resolveGraphOutput(looking: Looking, use: GraphUse, port: string): Resolution {
  const inside = Object.hasOwn(use.graph.out, port) ? use.graph.out[port] : undefined;
  if (inside !== undefined) {
    const where = looking.compilation.place(['graphs', use.graphName, 'out', port]);
    return resolve({ ...looking, where }, use.inner, inside);
  }
  const names = Object.keys(use.graph.out);
  return report(looking, 'FLOW_EDGE', `the graph ${use.graphName} has no output "${port}"`, `one of ${listNames(names)}`, suggestion(port, names));
}

function reportUnknown(looking: Looking, level: Level, name: string): Resolution {
  if (looking.compilation.broken.has('stages')) return 'broken';
  const names = [...level.stages.keys()];
  const inside = level.use ? ` in the graph ${level.use.graphName}` : '';
  return report(looking, 'FLOW_EDGE', `there is no stage "${name}"${inside}`, `one of ${listNames(names)}`, suggestion(name, names));
}

function report({ compilation, who, where }: Looking, code: 'FLOW_EDGE' | 'FLOW_CYCLE', message: string, expected?: string, cure?: string): 'broken' {
  compilation.problems.add(code, { who, message, where, expected, cure });
  return 'broken';
}

function detached(resolution: Resolution, detach: boolean): Resolution {
  return typeof resolution === 'string' || !detach ? resolution : { ...resolution, detach: true };
}
