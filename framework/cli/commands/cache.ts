import { Args, Flags } from '@oclif/core';
import { FlowCommand } from './base.js';

export class Cache extends FlowCommand {
  static override summary = 'Look after the cache of host stages: status, list, verify, prune, clear.';
  static override description =
    'The cache lies in $FLOW_CACHE or ~/.cache/faceflow and holds at most $FLOW_CACHE_SIZE (4 GiB). `verify` reads every entry and removes '
    + 'damaged ones; `prune` removes what was used longest ago; `clear` removes all. Why a result was not in the cache: `flow explain`.';
  static override examples = ['<%= config.bin %> cache', '<%= config.bin %> cache prune --size 2GiB'];
  static override args = {
    action: Args.string({ options: ['status', 'list', 'verify', 'prune', 'clear'], default: 'status', description: 'What to do.' }),
  };
  static override flags = {
    size: Flags.string({ summary: 'prune: what may stay, as 500MB or 2GiB; the usual limit otherwise.' }),
    limit: Flags.integer({ summary: 'list: at most so many entries, the one used last first.', default: 20, min: 1 }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Cache);
    const { cacheCommand } = await import('../cache-command.js');
    const { text, facts } = await cacheCommand(args.action as 'status', { size: flags.size, limit: flags.limit, say: (line) => this.print(line) });
    this.print(text);
    return facts;
  }
}
