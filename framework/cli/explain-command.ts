/** What `flow explain` says. */
import { listEntries } from '../flow/cache-admin.js';
import { defaultCacheRoot } from '../flow/cache-root.js';
import { explainSample, type ExplainedStage } from '../flow/explain.js';
import { openServices } from '../flow/services.js';
import { loadPipeline, type LoadOptions } from '../pipeline/index.js';

export async function explainCommand(
  options: LoadOptions, sample: string | undefined, keys: boolean,
): Promise<{ readonly text: string; readonly facts: unknown }> {
  const { plan, registry } = await loadPipeline(options);
  const graph = plan.trainGraph ?? plan.runGraph!;
  const services = openServices(plan, { plugins: registry, workers: 0 });
  try {
    const explained = await explainSample(plan, graph, services, await listEntries(defaultCacheRoot()), sample);
    return { text: [explained.sample, ...explained.stages.map((stage) => stageText(stage, keys))].join('\n'), facts: explained };
  } finally {
    await services.close();
  }
}

function stageText({ stage, use, state, why, key, content, milliseconds }: ExplainedStage, keys: boolean): string {
  const time = milliseconds === undefined ? '' : ` (${milliseconds.toFixed(0)} ms)`;
  const lines = [`  ${stage.padEnd(20)} ${use.padEnd(24)} ${state}${time}: ${why}`];
  if (!keys || !content) return lines[0];
  const rows = [
    `key ${key}`, `version ${content.version}, plugin ${content.pluginVersion}`, `options ${JSON.stringify(content.options)}`,
    ...Object.entries(content.resources).map(([slot, digest]) => `resource ${slot} ${digest.slice(0, 16)}`),
    ...Object.entries(content.inputs).map(([port, digest]) => `input ${port} ${digest.slice(0, 16)}`),
  ];
  return [...lines, ...rows.map((row) => `      ${row}`)].join('\n');
}
