/**
 * The catalogue of error codes. A code is never reused for another meaning. `docs/errors.md` lists the same codes; a
 * test compares the two.
 */
export interface ErrorCodeEntry {
  /** Process exit code: 2 configuration, 3 plugin, 4 numeric, 5 device, 6 worker, 1 anything else. */
  readonly exitCode: number;
  readonly summary: string;
}

const configuration = (summary: string): ErrorCodeEntry => ({ exitCode: 2, summary });
const plugin = (summary: string): ErrorCodeEntry => ({ exitCode: 3, summary });
const numeric = (summary: string): ErrorCodeEntry => ({ exitCode: 4, summary });
const device = (summary: string): ErrorCodeEntry => ({ exitCode: 5, summary });
const worker = (summary: string): ErrorCodeEntry => ({ exitCode: 6, summary });
const other = (summary: string): ErrorCodeEntry => ({ exitCode: 1, summary });

export const errorCodes = {
  FLOW_FILE_MISSING: configuration('A file that was named does not exist or cannot be read.'),
  FLOW_YAML_SYNTAX: configuration('The text is not valid YAML.'),
  FLOW_SCHEMA: configuration('A key or value is not allowed in a pipeline file.'),
  FLOW_EXTENDS_CYCLE: configuration('Pipeline files extend each other in a circle.'),
  FLOW_PARAM_UNKNOWN: configuration('A parameter, profile or setting is named that does not exist.'),
  FLOW_STAGE_UNKNOWN: configuration('A stage type, resource type or graph is named that does not exist.'),
  FLOW_OPTION: configuration('An option of a stage or resource is unknown or has a wrong value.'),
  FLOW_EDGE: configuration('An input is connected to something that does not exist, or is not connected.'),
  FLOW_PORT_TYPE: configuration('Two connected ports have different types.'),
  FLOW_CYCLE: configuration('Stages depend on each other in a circle.'),
  FLOW_GRADIENT_CUT: configuration('A host stage stands between a trainable variable and the loss.'),
  FLOW_SOURCE: configuration('A source has no samples or two of one name, or several sources have no sample in common.'),
  FLOW_TRAIN: configuration('The train or validate block does not fit the graph.'),
  FLOW_RUN_STATE: configuration('A run folder cannot be resumed or written as asked.'),
  FLOW_WEIGHTS: configuration('A weights file does not fit the variables it is loaded into.'),
  FLOW_PLUGIN: plugin('A plugin cannot be registered: name, version, requirement or duplicate.'),
  FLOW_PLUGIN_LOAD: plugin('A plugin, or the implementation of one of its stages, cannot be imported.'),
  FLOW_STAGE: plugin('The function of a stage threw an error, or returned what its ports do not declare.'),
  FLOW_RESOURCE: plugin('A resource cannot be built.'),
  FLOW_NON_FINITE: numeric('A loss or a gradient is not finite.'),
  FLOW_DEVICE: device('No engine can be used, or an engine failed.'),
  FLOW_DEVICE_MEMORY: device('A step does not fit into the memory of the engine.'),
  FLOW_DEVICE_SHAPE: device('A stage returned a tensor of another shape or type than it declares.'),
  FLOW_DEVICE_LEAK: device('A step left tensors behind.'),
  FLOW_SETUP: device('An engine cannot be set up or does not work: something is missing, or a step failed.'),
  FLOW_WORKER: worker('A worker crashed or timed out, on every attempt.'),
  FLOW_STALL: worker('Nothing moved for too long.'),
  FLOW_SAMPLE: other('A sample cannot be processed: its content is at fault.'),
  FLOW_REFUSED_RATE: other('More samples were refused than the stage allows.'),
  FLOW_DISK: other('A file cannot be written: no space, or no permission.'),
  FLOW_INTERNAL: other('The framework broke a promise of its own; please report it.'),
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
