/** Where `flow setup tensorflow` puts the engine, and how to know whether it is there. Reads files only: loads nothing native. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export type TensorflowVariant = 'cpu' | 'gpu';

/** What the last step of the setup writes; without it a folder is no installation. */
export interface Installation {
  /** Raised when the layout of the folder changes: an older folder counts as absent. */
  readonly layout: number;
  readonly variant: TensorflowVariant;
  /** `linux-x64`. */
  readonly platform: string;
  /** Version of libtensorflow, `2.21.0`. */
  readonly tensorflow: string;
  /** Version of the addon and of its kernels, equal to that of TensorFlow.js. */
  readonly tfjsNode: string;
  /** Every file with its size in bytes, by path inside the folder. */
  readonly files: Readonly<Record<string, number>>;
}

export const installationLayout = 5;

/** Paths inside an installation. The wheel's own layout is kept: libtensorflow finds its neighbours by it. */
export const installedPaths = {
  manifest: 'installation.json',
  libraries: join('site', 'tensorflow'),
  addon: join('site', 'tensorflow', 'tfjs_binding.node'),
  /** The small addon that opens libtensorflow without its log lines. */
  opener: join('site', 'tensorflow', 'open_quietly.node'),
  kernels: 'kernels',
} as const;

/** The name of the global symbol under which the kernels of an installation find the TensorFlow.js of whoever loads them. */
export const kernelHostKey = 'faceflow.tensorflowjs';

/** `$FLOW_ENGINES`, or `~/.cache/faceflow/engines`. Engines are programs, not cached results: `FLOW_CACHE` does not move them. */
export function enginesRoot(): string {
  return process.env['FLOW_ENGINES'] ? resolve(process.env['FLOW_ENGINES']) : join(homedir(), '.cache', 'faceflow', 'engines');
}

export function installationFolder(variant: TensorflowVariant): string {
  return join(enginesRoot(), `tensorflow-${variant}`);
}

export const notSetUp = 'it is not set up';

/** The manifest of a complete installation of this layout for this platform; otherwise why it is none. */
export function readInstallation(folder: string): Installation | { readonly fault: string } {
  const path = join(folder, installedPaths.manifest);
  if (!existsSync(path)) return { fault: notSetUp };
  let manifest: Installation;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Installation;
  } catch {
    return { fault: `${path} is damaged` };
  }
  if (manifest.layout !== installationLayout) return { fault: 'it was set up by another version of faceflow' };
  const platform = `${process.platform}-${process.arch}`;
  if (manifest.platform !== platform) return { fault: `it was set up for ${manifest.platform}, and this is ${platform}` };
  return manifest;
}
