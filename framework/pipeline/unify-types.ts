/**
 * Types of ports over the whole graph: element types and ranks must agree on every edge, and symbolic dimensions and
 * meanings are unified, so that a size decided at one end of the graph is known at the other.
 */
import type { Place } from '../errors/flow-error.js';
import { outputPortsOf } from '../plugin/output-ports.js';
import type { Dimension, PortType, TensorPort } from '../plugin/port-types.js';
import type { Compilation } from './compilation.js';
import { inputType, outputType, type Connections } from './connect-ports.js';
import type { CheckedOptions, Options } from './check-options.js';
import { findConverters } from './find-converters.js';
import { listNames, suggestion } from './nearest-name.js';
import type { PlannedEdge, PlannedPort } from './plan.js';
import { describePort } from './port-text.js';
import type { ResolvedPipeline, TypedStage } from './resolve-stages.js';
import { Classes, type Decision } from './union-find.js';

export interface UnifiedTypes {
  readonly inputs: ReadonlyMap<string, Readonly<Record<string, PlannedPort>>>;
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, PlannedPort>>>;
}

/** One end of an edge: a port of a stage. */
interface End {
  readonly stage: TypedStage;
  readonly port: string;
  readonly type: PortType;
  readonly place: Place;
}

/** The planned type of every port; edges whose ends contradict each other become problems. */
export function unifyTypes(compilation: Compilation, pipeline: ResolvedPipeline, options: CheckedOptions, connections: Connections): UnifiedTypes {
  const solver = new TypeSolver(compilation, pipeline, options, connections);
  for (const [name, stage] of pipeline.stages) {
    for (const [port, edge] of Object.entries(connections.edges.get(name)!)) solver.connect(stage, port, edge);
  }
  const inputs = new Map<string, Record<string, PlannedPort>>();
  const outputs = new Map<string, Record<string, PlannedPort>>();
  for (const [name, stage] of pipeline.stages) {
    const { contract } = stage.type;
    const names = new Set([...Object.keys(contract.in), ...Object.keys(connections.edges.get(name)!)]);
    inputs.set(name, Object.fromEntries([...names].map((port) => [port, solver.planned(stage, inputType(contract, port)!)])));
    outputs.set(name, Object.fromEntries(Object.entries(outputPortsOf(contract, Object.keys(connections.edges.get(name)!))).map(([port, type]) => [port, solver.planned(stage, type)])));
  }
  return { inputs, outputs };
}

class TypeSolver {
  readonly #dimensions = new Classes<number>();
  readonly #meanings = new Classes<string>();

  constructor(
    private readonly compilation: Compilation,
    private readonly pipeline: ResolvedPipeline,
    private readonly options: CheckedOptions,
    private readonly connections: Connections,
  ) {}

  /** Unifies both ends of an edge; a conflict becomes a problem that names them. */
  connect(stage: TypedStage, port: string, edge: PlannedEdge): void {
    const producer = this.pipeline.stages.get(edge.stage)!;
    const to: End = { stage, port, type: inputType(stage.type.contract, port)!, place: edge.place };
    const from: End = { stage: producer, port: edge.port, type: outputType(producer, edge.port)!, place: this.compilation.keyPlace(producer.stage.path) };
    const [expected, got] = [this.planned(to.stage, to.type), this.planned(from.stage, from.type)];
    const decisions = this.#conflict(from, to);
    if (!decisions) return;
    const because = decisions.map(({ value, by, place }) => `${value} comes from ${by} (${place.file}:${place.line}:${place.column})`);
    const converters = findConverters(this.compilation.registry, got, expected);
    this.compilation.problems.add('FLOW_PORT_TYPE', {
      who: stage.stage.name,
      message: `${endName(from)} does not fit ${endName(to)}${because.length ? `: ${because.join(', ')}` : ''}`,
      where: to.place, also: from.place,
      expected: `${describePort(expected)} (${endName(to)}, ${stage.type.use})`,
      got: `${describePort(got)} (${endName(from)}, ${producer.type.use})`,
      cure: converters.length > 0 ? `put a stage between them that converts: ${converters.join(', ')}` : undefined,
    });
  }

  /** The port's type with what is known of its symbols. */
  planned(stage: TypedStage, type: PortType): PlannedPort {
    const meaning = this.#meaningOf(stage, type);
    if (type.kind === 'value') return { kind: 'value', meaning };
    const shape = type.shape.map((dimension) => this.#extentOf(stage, dimension));
    return { kind: 'tensor', dtype: type.dtype, shape, meaning };
  }

  /** Undefined when the ends fit; else the decisions that contradict each other (none when the kinds differ outright). */
  #conflict(from: End, to: End): readonly Decision<number | string>[] | undefined {
    if (from.type.kind !== to.type.kind) return [];
    const meanings = this.#uniteMeanings(from, to);
    if (meanings) return meanings;
    if (from.type.kind === 'value' || to.type.kind === 'value') return undefined;
    return this.#uniteShapes(from, to, from.type, to.type);
  }

  #uniteShapes(from: End, to: End, given: TensorPort, wanted: TensorPort): readonly Decision<number>[] | undefined {
    if (given.dtype !== wanted.dtype || given.shape.length !== wanted.shape.length) return [];
    for (let axis = 0; axis < given.shape.length; axis++) {
      const conflict = this.#uniteDimensions(from, given.shape[axis]!, to, wanted.shape[axis]!);
      if (conflict) return conflict;
    }
    return undefined;
  }

  #uniteDimensions(from: End, given: Dimension, to: End, wanted: Dimension): readonly Decision<number>[] | undefined {
    const [left, right] = [this.#term(from.stage, given), this.#term(to.stage, wanted)];
    if (typeof left === 'number' && typeof right === 'number') return left === right ? undefined : [];
    if (typeof left === 'string' && typeof right === 'string') return this.#dimensions.unite(left, right);
    const [symbol, end, value] = typeof left === 'string' ? [left, to, right as number] : [right as string, from, left];
    const earlier = this.#dimensions.decide(symbol, { value, by: endName(end), place: end.place });
    return earlier && [earlier];
  }

  /** `?` accepts any meaning, `?name` the same one wherever it stands in the stage. */
  #uniteMeanings(from: End, to: End): readonly Decision<string>[] | undefined {
    const [given, wanted] = [from.type.meaning, to.type.meaning];
    if (given === '?' || wanted === '?') return undefined;
    const [left, right] = [given.startsWith('?'), wanted.startsWith('?')];
    if (!left && !right) return given === wanted ? undefined : [];
    if (left && right) return this.#meanings.unite(symbolOf(from.stage, given), symbolOf(to.stage, wanted));
    const [symbol, end, value] = left ? [symbolOf(from.stage, given), to, wanted] : [symbolOf(to.stage, wanted), from, given];
    const earlier = this.#meanings.decide(symbol, { value, by: endName(end), place: end.place });
    return earlier && [earlier];
  }

  #meaningOf(stage: TypedStage, { meaning }: PortType): string {
    return meaning.startsWith('?') && meaning !== '?' ? (this.#meanings.decisionOf(symbolOf(stage, meaning))?.value ?? '?') : meaning;
  }

  #extentOf(stage: TypedStage, dimension: Dimension): number | null {
    const term = this.#term(stage, dimension);
    return typeof term === 'number' ? term : (this.#dimensions.decisionOf(term)?.value ?? null);
  }

  /** A number, or the name of a symbol in the whole graph. */
  #term(stage: TypedStage, dimension: Dimension): number | string {
    if (typeof dimension === 'number') return dimension;
    const { name } = stage.stage;
    const [head, ...rest] = dimension.split('.');
    if (rest.length === 0) return symbolOf(stage, dimension);
    const known = head === 'with' ? optionAt(this.options.stages.get(name), rest) : this.#resourceExtent(name, head!, rest.join('.'));
    return typeof known === 'number' && Number.isInteger(known) ? known : symbolOf(stage, dimension);
  }

  #reportExtent(stage: string, resource: string, extent: string, known: readonly string[]): void {
    const { stage: { path }, type } = this.pipeline.stages.get(stage)!;
    this.compilation.problems.add('FLOW_PLUGIN', {
      who: type.use, message: `the resource "${resource}" (${this.pipeline.resources.get(resource)!.type.use}) declares no size "${extent}"`,
      where: this.compilation.keyPlace(path), expected: `one of ${listNames(known)}`, cure: suggestion(extent, known),
    });
  }

  #resourceExtent(stage: string, slot: string, extent: string): number | undefined {
    const name = this.connections.slots.get(stage)?.[slot];
    const extents = name === undefined ? undefined : this.options.dimensions.get(name);
    if (extents && !Object.hasOwn(extents, extent)) this.#reportExtent(stage, name!, extent, Object.keys(extents));
    return extents?.[extent];
  }
}

function optionAt(options: Options | undefined, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Options)[key] : undefined), options);
}

function symbolOf(stage: TypedStage, symbol: string): string {
  return `${stage.stage.name}#${symbol}`;
}

function endName(end: End): string {
  return `${end.stage.stage.name}.${end.port}`;
}
