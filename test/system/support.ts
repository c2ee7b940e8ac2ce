/** Running pipelines inside a test, through the same phases as `flow run`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { useEngine } from '../../framework/device/index.js';
import { runStreams, type StreamResult } from '../../framework/flow/run-streams.js';
import { openServices } from '../../framework/flow/services.js';
import { loadPipeline, type LoadOptions } from '../../framework/pipeline/index.js';
import { buildPrograms } from '../../framework/train/programs.js';

const temporary: string[] = [];
process.once('exit', () => temporary.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** An empty folder that goes with the process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flow-test-'));
  temporary.push(folder);
  return folder;
}

/** Writes a pipeline file that extends others, in order, and returns its path. JSON is YAML. */
export function writePipeline(name: string, files: readonly string[], document: object = {}): string {
  const file = join(temporaryFolder(), `${name}.yaml`);
  writeFileSync(file, JSON.stringify({ flow: 1, extends: files.map((each) => resolve(each)), ...document }));
  return file;
}

/** Runs a pipeline without a train block to its end and returns the wanted values of every sample. */
export async function collectValues(options: LoadOptions, collect: readonly string[]): Promise<StreamResult> {
  const { plan, registry } = await loadPipeline(options);
  await useEngine('wasm');
  const services = openServices(plan, { plugins: registry, workers: 0 });
  const programs = await buildPrograms(plan, [plan.runGraph!], services);
  const folder = temporaryFolder();
  try {
    return await runStreams(plan, plan.runGraph!, {
      services, sections: programs.runners(plan.runGraph!), folder: (stage) => join(folder, stage), collect,
    });
  } finally {
    programs.dispose();
    await services.close();
  }
}
