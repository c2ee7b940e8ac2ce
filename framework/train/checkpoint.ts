/** Checkpoints: everything a run needs to go on as if it had never stopped. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FlowError } from '../errors/flow-error.js';
import { decodeSafetensors, encodeSafetensors } from '../device/safetensors.js';
import { writeFileAtomic } from '../run/disk.js';
import type { LogOffsets } from '../run/metrics.js';
import type { HostTensor } from '../values/host-tensor.js';
import type { AdamState } from './adam.js';
import type { DataCursor } from './program.js';

export interface BestValue {
  readonly step: number;
  readonly value: number;
}

/** The state that is not a tensor. */
export interface CheckpointState {
  readonly step: number;
  readonly adamSteps: number;
  readonly cursor: DataCursor;
  readonly seed: number;
  readonly engine: string;
  readonly planDigest: string;
  /** Hash of the keys of the training samples: the order of an epoch is a function of them. */
  readonly dataDigest: string;
  readonly refusedKeys: readonly string[];
  readonly offsets: LogOffsets;
  readonly best: BestValue | null;
  /** The last step that was validated; −1 before the first. */
  readonly validatedAt: number;
  /** Non-finite steps in a row, up to here. */
  readonly nonFinite: number;
}

export interface Checkpoint {
  readonly state: CheckpointState;
  readonly variables: ReadonlyMap<string, HostTensor>;
  readonly adam: AdamState;
}

export interface CheckpointStore {
  readonly folder: string;
  /** Writes `step-00000200.safetensors`, then removes what is older than the last `keep`. Throws FLOW_DISK. */
  save(checkpoint: Checkpoint): string;
  /** Writes `best.safetensors`: the variables only. */
  saveBest(variables: ReadonlyMap<string, HostTensor>, best: BestValue): void;
  /** The newest checkpoint that reads back whole, with a word on each that does not. */
  latest(): { readonly checkpoint: Checkpoint | undefined; readonly damaged: readonly string[] };
}

const firstMoment = 'adam/first/';
const secondMoment = 'adam/second/';
const fileName = /^step-(\d+)\.safetensors$/;

/** The checkpoints of a folder: the last `keep` and the best stay. */
export function openCheckpoints(folder: string, keep: number): CheckpointStore {
  return {
    folder,
    save: (checkpoint) => {
      const path = join(folder, `step-${String(checkpoint.state.step).padStart(8, '0')}.safetensors`);
      writeFileAtomic(path, encodeCheckpoint(checkpoint));
      for (const older of listCheckpoints(folder).slice(Math.max(keep, 1))) rmSync(older, { force: true });
      return path;
    },
    saveBest: (variables, best) =>
      writeFileAtomic(join(folder, 'best.safetensors'), encodeSafetensors(variables, { flow: JSON.stringify({ best }) })),
    latest: () => {
      const damaged: string[] = [];
      for (const path of listCheckpoints(folder)) {
        try {
          return { checkpoint: decodeCheckpoint(readFileSync(path)), damaged };
        } catch (error) {
          damaged.push(`${path}: ${(error as Error).message}`);
        }
      }
      return { checkpoint: undefined, damaged };
    },
  };
}

/** Paths of the checkpoints of a folder, newest first. */
export function listCheckpoints(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => fileName.test(name));
  const stepOf = (name: string): number => Number(fileName.exec(name)![1]);
  return names.sort((left, right) => stepOf(right) - stepOf(left)).map((name) => join(folder, name));
}

/** Variables under their own names; moments under `adam/first/…` and `adam/second/…`; the state as metadata. */
function encodeCheckpoint({ state, variables, adam }: Checkpoint): Uint8Array {
  const tensors = new Map(variables);
  for (const [name, value] of adam.first) tensors.set(firstMoment + name, value);
  for (const [name, value] of adam.second) tensors.set(secondMoment + name, value);
  return encodeSafetensors(tensors, { format: 'flow-checkpoint-1', flow: JSON.stringify(state) });
}

/** Throws FLOW_RUN_STATE when the bytes are no whole checkpoint. */
function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata['format'] !== 'flow-checkpoint-1' || metadata['flow'] === undefined) {
    throw new FlowError('FLOW_RUN_STATE', { message: 'The file is no checkpoint of this framework.' });
  }
  const state = JSON.parse(metadata['flow']) as CheckpointState;
  const [variables, first, second] = [new Map<string, HostTensor>(), new Map<string, HostTensor>(), new Map<string, HostTensor>()];
  for (const [name, value] of tensors) {
    if (name.startsWith(firstMoment)) first.set(name.slice(firstMoment.length), value);
    else if (name.startsWith(secondMoment)) second.set(name.slice(secondMoment.length), value);
    else variables.set(name, value);
  }
  return { state, variables, adam: { steps: state.adamSteps, first, second } };
}
