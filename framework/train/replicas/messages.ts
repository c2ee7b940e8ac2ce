/** What the training thread and its replicas say to each other. */
import type { ErrorRecord } from '../../flow/envelope.js';
import type { ResourceAddress } from '../../flow/stage-recipe.js';
import type { PlannedSection, PlannedStage, PortReference } from '../../pipeline/plan.js';
import type { DeviceBatch } from '../program.js';
import type { NamedShape } from './shared-numbers.js';

/** A planned stage as plain data, with the module that holds its contract. */
export interface StageAddress {
  readonly planned: Omit<PlannedStage, 'contract'>;
  readonly module: string;
}

/** What a replica is made from. */
export interface ReplicaRecipe {
  readonly engine: string;
  readonly seed: number;
  readonly cacheRoot: string;
  readonly section: PlannedSection;
  readonly stages: readonly StageAddress[];
  readonly resources: readonly ResourceAddress[];
  /** All variables of the section, and those that are trained, in one order for all. */
  readonly variables: readonly NamedShape[];
  readonly trained: readonly NamedShape[];
  readonly weights: SharedArrayBuffer;
  /** Where gradients are put; a part names its slot. */
  readonly slots: readonly SharedArrayBuffer[];
}

export interface PartRequest {
  readonly part: number;
  readonly slot: number;
  readonly batch: DeviceBatch;
  /** Grows whenever the shared weights changed. */
  readonly version: number;
  readonly loss: PortReference;
  readonly log: readonly PortReference[];
}

export type ReplicaMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'log'; readonly line: string }
  | {
      readonly kind: 'done';
      readonly part: number;
      readonly loss: number;
      /** Means over the part. */
      readonly outputs: Readonly<Record<PortReference, number>>;
      /** Variables with a gradient, in the slot. */
      readonly reached: readonly string[];
    }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };
