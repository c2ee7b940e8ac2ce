/** Plan → streams: what the run, train and device phases use. Loads no TensorFlow.js. */
export { openServices, type FlowServices, type ServiceOptions } from './services.js';
export { openBatches, type BatchOptions, type BatchStream } from './open-batches.js';
export { runStreams, type StreamOptions, type StreamResult } from './run-streams.js';
export { type Batch } from './batches.js';
export { type RunSection, type SectionBatch } from './section-stage.js';
export { startCursor, type Cursor } from './sequence.js';
export { type ProgressEvent, type StageCounts, Monitor } from './monitor.js';
export { ResourceLoader, type ResourceRecipe } from './resources.js';
export { ContentCache, cacheKey } from './cache.js';
export type { StageValues } from './stage-values.js';
export { defaultCacheRoot } from './cache-root.js';
export { type PluginSources } from './stage-recipe.js';
export { digestOf } from './digest.js';
