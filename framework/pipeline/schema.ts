/** What a pipeline file may hold, after composition. The same schema checks files and, through `flow schema`, serves editors. */
import { Type, type Static, type TSchema } from '@sinclair/typebox';

const closed = { additionalProperties: false } as const;

/** Names that a person gives to stages, graphs, resources, parameters and profiles. */
const namePattern = '^[A-Za-z][A-Za-z0-9_-]*$';

function named<T extends TSchema>(item: T, description: string) {
  return Type.Unsafe<Record<string, Static<T>>>({ type: 'object', propertyNames: { pattern: namePattern }, additionalProperties: item, description });
}

const Options = Type.Record(Type.String(), Type.Unknown(), { description: 'Options of the type.' });
const Reference = Type.String({ minLength: 1, description: 'stage.port' });

export const InputSchema = Type.Union([
  Type.String({ minLength: 1, description: 'stage.port, or $in.name inside a graph.' }),
  Type.Object(
    {
      from: Type.String({ minLength: 1, description: 'stage.port, or $in.name inside a graph.' }),
      detach: Type.Optional(Type.Boolean({ description: 'No gradient flows back over this edge.', default: false })),
    },
    closed,
  ),
]);

const Policy = Type.Union([Type.Literal('fail'), Type.Literal('skip'), Type.Literal('quarantine'), Type.Literal('retry')], {
  description: 'What happens to a sample that the stage refuses.',
});

export const OnErrorSchema = Type.Union([
  Policy,
  Type.Object(
    {
      policy: Policy,
      attempts: Type.Optional(Type.Integer({ minimum: 1, default: 3, description: 'Attempts in all, for retry.' })),
      maxRate: Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: 0.1, description: 'The run fails when more than this share of samples is refused …' })),
      minCount: Type.Optional(Type.Integer({ minimum: 1, default: 20, description: '… from this many samples on.' })),
    },
    closed,
  ),
]);

export const StageSchema = Type.Object(
  {
    use: Type.Optional(Type.String({ description: 'Stage type: plugin/type.' })),
    graph: Type.Optional(Type.String({ description: 'A named graph, instead of a stage type.' })),
    variables: Type.Optional(Type.String({ pattern: namePattern, description: 'For the use of a graph: a set of variables of its own, which uses that name the same set share.' })),
    in: Type.Optional(Type.Record(Type.String(), InputSchema, { description: 'Inputs by port name.' })),
    with: Type.Optional(Options),
    onError: Type.Optional(OnErrorSchema),
    trainable: Type.Optional(Type.Boolean({ description: 'false freezes the variables of the stage or graph.' })),
    concurrency: Type.Optional(Type.Integer({ minimum: 1, description: 'Samples at work at the same time.' })),
    cache: Type.Optional(Type.Boolean({ description: 'Keep results on disk, by content.' })),
    every: Type.Optional(Type.Object({ steps: Type.Integer({ minimum: 1 }) }, { ...closed, description: 'A sink in training: only on validation occasions at multiples of so many steps.' })),
    resources: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Resource names by slot; a slot takes the resource of its own name otherwise.' })),
  },
  closed,
);

export const ResourceSchema = Type.Object(
  { use: Type.String({ description: 'Resource type: plugin/type.' }), with: Type.Optional(Options) },
  closed,
);

const Stages = named(StageSchema, 'Stages by name.');

export const GraphSchema = Type.Object(
  {
    in: Type.Optional(Type.Array(Type.String({ pattern: namePattern }), { uniqueItems: true, description: 'Names of the inputs: $in.name inside.' })),
    stages: Stages,
    out: Type.Record(Type.String({ pattern: namePattern }), Reference, { ...closed, description: 'Outputs: name → stage.port inside.' }),
  },
  closed,
);

const Every = Type.Object({ steps: Type.Integer({ minimum: 1 }) }, closed);
const positive = { exclusiveMinimum: 0 } as const;

export const TrainSchema = Type.Object(
  {
    loss: Type.String({ minLength: 1, description: 'The output to make small: stage.port.' }),
    optimizer: Type.Optional(
      Type.Object(
        {
          adam: Type.Object(
            {
              learningRate: Type.Optional(Type.Number({ ...positive, default: 1e-4 })),
              beta1: Type.Optional(Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.9 })),
              beta2: Type.Optional(Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.999 })),
              epsilon: Type.Optional(Type.Number({ ...positive, default: 1e-8 })),
            },
            closed,
          ),
        },
        closed,
      ),
    ),
    learningRates: Type.Optional(Type.Record(Type.String(), Type.Number({ minimum: 0 }), { description: 'Factors on the learning rate, by scope of the variables.' })),
    decay: Type.Optional(
      Type.Object(
        {
          factor: Type.Number({ ...positive, maximum: 1 }),
          every: Type.Union([Type.Literal('epoch'), Every, Type.Object({ epochs: Type.Integer({ minimum: 1 }) }, closed)]),
        },
        closed,
      ),
    ),
    clip: Type.Optional(Type.Object({ norm: Type.Number(positive) }, { ...closed, description: 'Largest global norm of the gradient.' })),
    batch: Type.Optional(Type.Integer({ minimum: 1, description: 'Samples of a step.' })),
    microBatch: Type.Optional(Type.Integer({ minimum: 1, description: 'Samples on the device at once; must divide the batch.' })),
    replicas: Type.Optional(Type.Integer({
      minimum: 1, maximum: 64, default: 1,
      description: 'Threads that share the micro-batches of a step, each with an engine of its own; for engines of one thread (wasm, cpu). Changes no result.',
    })),
    stop: Type.Object(
      {
        steps: Type.Optional(Type.Integer({ minimum: 1 })),
        epochs: Type.Optional(Type.Number(positive)),
        minutes: Type.Optional(Type.Number(positive)),
      },
      { ...closed, minProperties: 1, description: 'Training ends when the first of these is reached.' },
    ),
    checkpoint: Type.Optional(
      Type.Object({ every: Type.Optional(Every), keep: Type.Optional(Type.Integer({ minimum: 1, default: 3 })) }, closed),
    ),
    onNonFinite: Type.Optional(Type.Union([Type.Literal('fail'), Type.Literal('skipStep'), Type.Literal('rollback')], { default: 'fail' })),
    log: Type.Optional(Type.Array(Reference, { description: 'Outputs to record at every step; all losses when not given.' })),
  },
  closed,
);

export const ValidateSchema = Type.Object(
  {
    source: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Options that the sources take instead of theirs.' })),
    every: Type.Optional(Every),
    samples: Type.Optional(Type.Integer({ minimum: 0, default: 0, description: 'At most this many samples an occasion; 0 for all.' })),
    metrics: Type.Optional(Type.Array(Reference)),
    best: Type.Optional(
      Type.Union([
        Reference,
        Type.Object({ metric: Reference, mode: Type.Union([Type.Literal('min'), Type.Literal('max')]) }, closed),
      ], { description: 'The metric that chooses the best checkpoint.' }),
    ),
  },
  closed,
);

const WeightsSchema = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({ from: Type.String({ minLength: 1 }), strict: Type.Optional(Type.Boolean({ default: true })) }, closed),
]);

/** Keys that a profile may hold too. */
const common = {
  params: Type.Optional(named(Type.Unknown(), 'Values for ${params.NAME}; flags of `flow run` too.')),
  seed: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  device: Type.Optional(Type.String({ default: 'auto', description: 'auto, or the name of an engine.' })),
  workers: Type.Optional(Type.Integer({ minimum: 0, description: 'Threads for host stages; 0 runs them on the main thread.' })),
  batch: Type.Optional(Type.Integer({ minimum: 1, default: 8, description: 'Samples of one device call outside training.' })),
  prefetch: Type.Optional(Type.Integer({ minimum: 0, default: 2, description: 'Batches made ready while the device works.' })),
  resources: Type.Optional(named(ResourceSchema, 'Shared, immutable things by name.')),
  weights: Type.Optional(Type.Record(Type.String(), WeightsSchema, { description: 'Weights files by graph, stage or graph.stage.' })),
  graphs: Type.Optional(named(GraphSchema, 'Reusable groups of stages by name.')),
  train: Type.Optional(TrainSchema),
  validate: Type.Optional(ValidateSchema),
};

/** Keys that mean something to composition only; they are gone from a composed document. */
const composition = {
  extends: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())], { description: 'Files that this one builds on, in order.' })),
  profile: Type.Optional(Type.String({ description: 'The profile that is used unless --profile names another.' })),
  profiles: Type.Optional(named(Type.Record(Type.String(), Type.Unknown()), 'Named sets of sizes that lie over the file.')),
};

export const compositionKeys = Object.keys(composition);

export const PipelineSchema = Type.Object(
  {
    flow: Type.Literal(1, { description: 'Version of the file format.' }), ...composition,
    plugins: Type.Optional(Type.Array(Type.String(), { description: 'Further plugins: paths relative to the file, or names of packages.' })),
    ...common, stages: Stages,
  },
  { ...closed, description: 'A pipeline.' },
);

/** Keys that a profile may set. */
export const profileKeys = [...Object.keys(common), 'stages'];

export type PipelineDocument = Static<typeof PipelineSchema>;
export type StageDefinition = Static<typeof StageSchema>;
export type InputDefinition = Static<typeof InputSchema>;
export type GraphDefinition = Static<typeof GraphSchema>;
export type TrainDefinition = Static<typeof TrainSchema>;
export type ValidateDefinition = Static<typeof ValidateSchema>;
export type OnErrorDefinition = Static<typeof OnErrorSchema>;
