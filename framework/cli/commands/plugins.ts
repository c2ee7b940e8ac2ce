import { FlowCommand } from './base.js';

export class Plugins extends FlowCommand {
  static override summary = 'List the plugins in reach, with their stage and resource types.';

  async run(): Promise<unknown> {
    const { discoverPlugins } = await import('../../plugin/discover.js');
    const registry = await discoverPlugins();
    const listed = registry.plugins.map(({ plugin, foundBy }) => ({
      name: plugin.name,
      version: plugin.version,
      foundBy,
      summary: plugin.summary,
      stages: Object.entries(plugin.stages ?? {}).map(([type, contract]) => ({ use: `${plugin.name}/${type}`, kind: contract.kind, summary: contract.summary })),
      resources: Object.entries(plugin.resources ?? {}).map(([type, { summary }]) => ({ use: `${plugin.name}/${type}`, summary })),
    }));
    for (const plugin of listed) {
      this.print(`${plugin.name} ${plugin.version} (${plugin.foundBy}): ${plugin.summary}`);
      for (const stage of plugin.stages) this.print(`  ${stage.use.padEnd(34)} ${stage.kind.padEnd(8)} ${stage.summary}`);
      for (const resource of plugin.resources) this.print(`  ${resource.use.padEnd(34)} resource ${resource.summary}`);
    }
    return listed;
  }
}
