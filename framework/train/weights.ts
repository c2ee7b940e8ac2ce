/** Weights from files and from other runs, by name; and out again. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '../device/safetensors.js';
import { FlowError } from '../errors/flow-error.js';
import type { WeightsPlan } from '../pipeline/plan.js';
import { writeFileAtomic } from '../run/disk.js';
import { findRun, type RunFolder } from '../run/run-folder.js';
import type { HostTensor } from '../values/host-tensor.js';
import { listCheckpoints } from './checkpoint.js';
import type { NamedVariable } from './program.js';
import { readVariables, writeVariables } from './variables.js';

/** What a load did. */
export interface WeightsReport {
  readonly target: string;
  readonly path: string;
  readonly matched: readonly string[];
  /** Variables under the target that the file lacks, or has in another shape; they keep their start values. */
  readonly missing: readonly string[];
  /** Names in the file that no variable under the target took. */
  readonly unused: readonly string[];
}

/**
 * Loads a file into the variables under the plan's target. A variable takes the tensor of its own name or, where that is
 * absent, of its name without leading scopes, down to the part below the target: so `regress/conv/kernel` of a
 * file fits `reconstruct/regress/conv/kernel`.
 *
 * Throws FLOW_WEIGHTS when nothing matches, or when the load is strict and a variable is missing or has another shape.
 */
export function loadWeights(plan: WeightsPlan, variables: readonly NamedVariable[], runsRoot: string): WeightsReport {
  const path = locateWeights(plan, runsRoot);
  const { tensors } = readWeights(path, plan);
  const under = variables.filter(({ name }) => name === plan.target || name.startsWith(`${plan.target}/`));
  const values = new Map<string, HostTensor>();
  const taken = new Set<string>();
  const missing: string[] = [];
  for (const { name, variable } of under) {
    const stored = namesBelow(name, plan.target).find((candidate) => tensors.has(candidate));
    const value = stored === undefined ? undefined : tensors.get(stored)!;
    if (value && value.shape.join() === variable.shape.join()) {
      values.set(name, value);
      taken.add(stored!);
    } else {
      missing.push(value ? `${name} (shape [${value.shape.join(', ')}] instead of [${variable.shape.join(', ')}])` : name);
    }
  }
  if (values.size === 0 || (plan.strict && missing.length > 0)) throw mismatch(plan, path, under.length, missing, [...tensors.keys()]);
  writeVariables(under, values);
  const unused = [...tensors.keys()].filter((name) => !taken.has(name) && !name.startsWith('adam/'));
  return { target: plan.target, path, matched: [...values.keys()], missing, unused };
}

/** One line for people. */
export function describeLoad({ target, path, matched, missing, unused }: WeightsReport): string {
  const notes = [`${matched.length} of ${matched.length + missing.length} variables`];
  if (missing.length) notes.push(`without ${shorten(missing)}`);
  if (unused.length) notes.push(`${unused.length} in the file unused`);
  return `${target}: ${path}: ${notes.join(', ')}`;
}

/** Writes all variables under their names. */
export async function exportWeights(path: string, variables: readonly NamedVariable[], metadata: Readonly<Record<string, string>>): Promise<void> {
  writeFileAtomic(path, encodeSafetensors(await readVariables(variables), metadata));
}

/** `run:NAME/best`, `run:NAME/last` (of several runs of that name the newest that has it), or a file: absolute, beside the pipeline file, or below the working directory. */
function locateWeights(plan: WeightsPlan, runsRoot: string): string {
  const ofRun = /^run:(.+)\/(best|last)$/.exec(plan.from);
  const candidates = ofRun ? runWeights(runsRoot, ofRun[1]!, ofRun[2]!) : fileCandidates(plan);
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new FlowError('FLOW_FILE_MISSING', {
    message: `The weights "${plan.from}" for "${plan.target}" are not there.`, who: plan.target, where: plan.place,
    got: candidates.length ? `nothing at ${candidates.join(' or ')}` : 'a run without a checkpoint',
    cure: 'Name a safetensors file, run:NAME/best or run:NAME/last.',
  });
}

function runWeights(root: string, name: string, which: string): string[] {
  const file = ({ checkpoints }: RunFolder): string[] => (which === 'best' ? [join(checkpoints, 'best.safetensors')] : listCheckpoints(checkpoints).slice(0, 1));
  return file(findRun(root, name, undefined, (run) => file(run).some((path) => existsSync(path))));
}

function fileCandidates({ from, place }: WeightsPlan): string[] {
  return isAbsolute(from) ? [from] : [resolve(dirname(place.file), from), resolve(from)];
}

function readWeights(path: string, plan: WeightsPlan): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(readFileSync(path));
  } catch (error) {
    throw new FlowError('FLOW_WEIGHTS', {
      message: `The weights file "${path}" cannot be read: ${(error as Error).message}`, who: plan.target, where: plan.place, cause: error,
    });
  }
}

/** The name, then the name without its first scopes, down to what stands below the target. */
function namesBelow(name: string, target: string): string[] {
  const parts = name.split('/');
  const shortest = name === target ? 1 : parts.length - target.split('/').length;
  return parts.map((_, from) => parts.slice(from)).filter((rest) => rest.length >= shortest).map((rest) => rest.join('/'));
}

function mismatch(plan: WeightsPlan, path: string, count: number, missing: readonly string[], stored: readonly string[]): FlowError {
  return new FlowError('FLOW_WEIGHTS', {
    message: count === 0
      ? `No variable lies under "${plan.target}".`
      : `${missing.length} of ${count} variables under "${plan.target}" are not in "${path}".`,
    who: plan.target, where: plan.place,
    expected: missing.length ? shorten(missing) : undefined, got: stored.length ? shorten(stored) : 'an empty file',
    cure: plan.strict ? 'Load what matches with `strict: false`, or use a file of the same model.' : undefined,
  });
}

function shorten(names: readonly string[]): string {
  return names.length <= 6 ? names.join(', ') : `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`;
}
