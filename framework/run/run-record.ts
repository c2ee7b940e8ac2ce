/** `run.json`: under which circumstances a run took place. The only file of a run besides `timings.jsonl` that knows the clock. */
import { execFileSync } from 'node:child_process';
import { cpus, platform, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Plan } from '../pipeline/plan.js';
import { frameworkVersion } from '../plugin/registry.js';

export interface GitState {
  readonly commit: string;
  /** Tracked files differ from the commit. */
  readonly dirty: boolean;
}

export interface RunRecord {
  readonly pipeline: string;
  readonly name: string;
  readonly file: string;
  readonly state: 'running' | 'finished' | 'interrupted' | 'failed';
  readonly created: string;
  /** The first start and every resume. */
  readonly sessions: readonly { readonly started: string }[];
  readonly ended?: string;
  readonly exitCode?: number;
  readonly error?: Record<string, unknown>;
  /** Largest resident memory of the process. */
  readonly peakMemoryMiB?: number;
  /** Steps of training; samples of inference that came through and that were refused. */
  readonly step?: number;
  readonly finished?: number;
  readonly refused?: number;
  readonly best?: { readonly step: number; readonly value: number };
  readonly seed: number;
  readonly planDigest: string;
  /** Hash of the sample keys of every source; absent where the sources are not known. */
  readonly dataDigest?: string;
  readonly engine: { readonly name: string; readonly deterministic: boolean; readonly description?: string };
  readonly variables?: { readonly count: number; readonly numbers: number; readonly trainable: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly git?: GitState;
  readonly system: { readonly node: string; readonly platform: string; readonly cpu: string; readonly cores: number; readonly memoryGiB: number };
}

export type RunCircumstances = Pick<RunRecord, 'engine'>;

/** How a run ended. */
export interface RunEnd {
  readonly state: 'finished' | 'interrupted' | 'failed';
  readonly exitCode: number;
  readonly error?: Record<string, unknown>;
  /** Steps of training. */
  readonly step?: number;
  readonly best?: { readonly step: number; readonly value: number };
  /** Samples of inference that came through, and that were refused. */
  readonly finished?: number;
  readonly refused?: number;
  readonly dataDigest?: string;
}

/** The record of a run that starts now, or goes on after `earlier`. */
export function startRecord(plan: Plan, name: string, circumstances: RunCircumstances, earlier?: RunRecord): RunRecord {
  const now = new Date().toISOString();
  return {
    pipeline: plan.name, name, file: plan.file, state: 'running', created: earlier?.created ?? now, best: earlier?.best,
    sessions: [...(earlier?.sessions ?? []), { started: now }], seed: plan.seed, planDigest: plan.digest, ...circumstances,
    versions: versionsOf(plan), git: gitState(dirname(plan.file)), system: systemFacts(),
  };
}

/** The record with how the run ended, when, and its peak memory. */
export function endRecord(record: RunRecord, end: RunEnd): RunRecord {
  const peakMemoryMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  return { ...record, ...end, ended: new Date().toISOString(), peakMemoryMiB };
}

/** Commit and dirty flag of the repository around a folder; undefined outside one or without git. */
export function gitState(folder: string): GitState | undefined {
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 5000 }).trim();
  try {
    return { commit: git('rev-parse', 'HEAD'), dirty: git('status', '--porcelain', '--untracked-files=no') !== '' };
  } catch {
    return undefined;
  }
}

/** Versions of the framework and of the plugins in use. */
export function versionsOf(plan: Plan): Record<string, string> {
  const versions: Record<string, string> = { flow: frameworkVersion() };
  for (const part of [...plan.stages.values(), ...plan.resources.values()]) versions[part.use.split('/')[0]!] = part.pluginVersion;
  return versions;
}

function systemFacts(): RunRecord['system'] {
  return {
    node: process.version, platform: `${platform()} ${release()}`, cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}
