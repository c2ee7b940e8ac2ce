/** The commands of `flow`. Importing them loads neither TensorFlow.js nor a plugin: each command imports what it needs. */
import { Cache } from './commands/cache.js';
import { Check } from './commands/check.js';
import { Compare } from './commands/compare.js';
import { Config } from './commands/config.js';
import { Data } from './commands/data.js';
import { Diff } from './commands/diff.js';
import { Doctor } from './commands/doctor.js';
import { Explain } from './commands/explain.js';
import { Graph } from './commands/graph.js';
import { Inspect } from './commands/inspect.js';
import { New } from './commands/new.js';
import { Plugins } from './commands/plugins.js';
import { Quarantine } from './commands/quarantine.js';
import { Run } from './commands/run.js';
import { Schema } from './commands/schema.js';
import { Setup } from './commands/setup.js';

export const commands = {
  cache: Cache, check: Check, compare: Compare, config: Config, data: Data, diff: Diff, doctor: Doctor, explain: Explain, graph: Graph, inspect: Inspect,
  new: New, plugins: Plugins, quarantine: Quarantine, run: Run, schema: Schema, setup: Setup,
};
