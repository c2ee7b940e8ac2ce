/** `run.json`: under which circumstances a run took place. The only file of a run besides `timings.jsonl` that knows the clock. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../pipeline/plan.js';

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
  /** One entry for each start: the first, then every resume. */
  readonly sessions: readonly { readonly started: string; readonly fromStep: number }[];
  readonly ended?: string;
  readonly exitCode?: number;
  readonly best?: { readonly step: number; readonly value: number };
  readonly error?: Record<string, unknown>;
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

export type RunCircumstances = Pick<RunRecord, 'dataDigest' | 'engine' | 'variables'>;

/** The record of a run that starts now. */
export function startRecord(plan: Plan, name: string, circumstances: RunCircumstances): RunRecord {
  const now = new Date().toISOString();
  return {
    pipeline: plan.name, name, file: plan.file, state: 'running', created: now, sessions: [{ started: now, fromStep: 0 }],
    seed: plan.seed, planDigest: plan.digest, ...circumstances,
    versions: versionsOf(plan), git: gitState(dirname(plan.file)), system: systemFacts(),
  };
}

/** The framework's version, from the nearest package.json above this file. */
export function frameworkVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
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

function versionsOf(plan: Plan): Record<string, string> {
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
