/** The commands of `flow`. Importing them loads neither TensorFlow.js nor a plugin: each command imports what it needs. */
import { Check } from './commands/check.js';
import { Compare } from './commands/compare.js';
import { Config } from './commands/config.js';
import { Diff } from './commands/diff.js';
import { Doctor } from './commands/doctor.js';
import { Graph } from './commands/graph.js';
import { Inspect } from './commands/inspect.js';
import { New } from './commands/new.js';
import { Plugins } from './commands/plugins.js';
import { Run } from './commands/run.js';
import { Schema } from './commands/schema.js';
import { Setup } from './commands/setup.js';

export const commands = {
  check: Check, compare: Compare, config: Config, diff: Diff, doctor: Doctor, graph: Graph, inspect: Inspect, new: New,
  plugins: Plugins, run: Run, schema: Schema, setup: Setup,
};
