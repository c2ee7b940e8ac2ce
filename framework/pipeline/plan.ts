/**
 * The checked plan: what a pipeline file means once it is read, composed and checked. It is frozen and has no side
 * effects; the flow, device and train phases only read it.
 */
import type { DType } from '../values/host-tensor.js';
import type { Place } from '../errors/flow-error.js';
import type { StageContract, ResourceContract } from '../plugin/stage-types.js';

/** `stage.port`, with the stage's expanded name: `first/render.image`. */
export type PortReference = string;

export interface PlannedEdge {
  readonly stage: string;
  readonly port: string;
  /** No gradient flows back over this edge. */
  readonly detach: boolean;
  readonly place: Place;
}

/** A port after unification. A dimension that nothing decides stays null. */
export interface PlannedPort {
  readonly kind: 'tensor' | 'value';
  readonly dtype?: DType;
  readonly shape?: readonly (number | null)[];
  readonly meaning: string;
}

export interface ErrorPolicy {
  readonly policy: 'fail' | 'skip' | 'quarantine' | 'retry';
  /** Attempts in all, for `retry` (then the sample is quarantined). */
  readonly attempts: number;
  /** The run fails when more than this share of samples is refused … */
  readonly maxRate: number;
  /** … from this many samples on. */
  readonly minCount: number;
}

export interface PlannedStage {
  /** Name after expanding graphs: `first/regress`. */
  readonly name: string;
  /** `plugin/type`. */
  readonly use: string;
  readonly contract: StageContract;
  readonly pluginVersion: string;
  /** Complete, with defaults, frozen. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Scope of its variables: `reconstruct/regress` for every use of the graph `reconstruct`, else the stage's name. */
  readonly scope: string;
  readonly trainable: boolean;
  readonly resources: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, PlannedEdge>>;
  readonly inputPorts: Readonly<Record<string, PlannedPort>>;
  readonly outputPorts: Readonly<Record<string, PlannedPort>>;
  readonly onError: ErrorPolicy;
  readonly concurrency: number;
  readonly cache: boolean;
  /** A sink in training: fed on validation occasions at multiples of so many steps; on all of them when absent. */
  readonly everySteps?: number;
  readonly place: Place;
}

export interface PlannedResource {
  readonly name: string;
  readonly use: string;
  readonly contract: ResourceContract;
  readonly pluginVersion: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly dimensions: Readonly<Record<string, number>>;
  /** Hash of type, version and options: enters the keys of every cache whose stage reads the resource. */
  readonly digest: string;
  readonly place: Place;
}

/** A maximal convex group of device stages, or one cached stage: one synchronous function of a batch. */
export interface PlannedSection {
  readonly name: string;
  /** Stage names in topological order. */
  readonly stages: readonly string[];
  /** What enters from host streams. */
  readonly inputs: readonly PortReference[];
  /** What leaves to host stages, sinks, the loss, logs and metrics. */
  readonly outputs: readonly PortReference[];
  /** One stage that is a function of host values alone: it runs once for each sample, and its outputs are cached by content. */
  readonly cached?: true;
}

export interface TrainPlan {
  readonly loss: PortReference;
  readonly optimizer: { readonly learningRate: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number };
  /** Factors on the learning rate by variable scope prefix; 1 elsewhere. */
  readonly learningRates: Readonly<Record<string, number>>;
  readonly decay: { readonly factor: number; readonly every: { readonly steps: number } | { readonly epochs: number } };
  /** Largest global norm of the gradient; 0 turns clipping off. */
  readonly clipNorm: number;
  readonly batch: number;
  /** Samples on the device at once; gradients are accumulated over batch / microBatch passes. */
  readonly microBatch: number;
  /** Threads that share the micro-batches of a step. It changes no result, so it is no part of the plan's digest. */
  readonly replicas: number;
  readonly stop: { readonly steps?: number; readonly epochs?: number; readonly minutes?: number };
  readonly checkpoint: { readonly everySteps: number; readonly keep: number };
  readonly onNonFinite: 'fail' | 'skipStep' | 'rollback';
  readonly log: readonly PortReference[];
  readonly place: Place;
}

export interface ValidatePlan {
  /** Options of the sources that differ from training, already merged: source stage name → complete options. */
  readonly sources: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly everySteps: number;
  /** At most this many samples an occasion; 0 means all. */
  readonly samples: number;
  readonly metrics: readonly PortReference[];
  readonly best: { readonly metric: PortReference; readonly mode: 'min' | 'max' } | null;
  readonly place: Place;
}

export interface WeightsPlan {
  /** Scope prefix of the variables to load: a graph, a graph's stage, or a stage. */
  readonly target: string;
  /** A safetensors file, or `run:NAME/best`. */
  readonly from: string;
  /** Every variable under the target must be found (true), or what matches is loaded (false). */
  readonly strict: boolean;
  readonly place: Place;
}

/** The stages that one activity needs, in topological order, and their device sections. */
export interface PlannedGraph {
  readonly stages: readonly string[];
  readonly sections: readonly PlannedSection[];
}

export interface Plan {
  /** The file's base name: `train-full`. */
  readonly name: string;
  readonly file: string;
  /** The composed document as plain data, after parameters are filled in. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Place of every value by its dotted path. */
  readonly origins: ReadonlyMap<string, Place>;
  readonly seed: number;
  /** `auto` or an engine's name. */
  readonly device: string;
  readonly workers: number;
  /** Samples of one device call outside training. */
  readonly batch: number;
  /** Batches made ready while the device works. */
  readonly prefetch: number;
  readonly resources: ReadonlyMap<string, PlannedResource>;
  readonly stages: ReadonlyMap<string, PlannedStage>;
  readonly weights: readonly WeightsPlan[];
  /** Set in pipelines that train; then `trainGraph` is set too. */
  readonly train?: TrainPlan;
  readonly trainGraph?: PlannedGraph;
  /** Ancestors of the metrics and sinks over the validation sources. */
  readonly validate?: ValidatePlan;
  readonly validateGraph?: PlannedGraph;
  /** Pipelines without `train`: everything, ending in sinks. */
  readonly runGraph?: PlannedGraph;
  /** Hash of the expanded graph: stages, options, edges, resources, train block. Equal hashes mean equal graphs. */
  readonly digest: string;
}
