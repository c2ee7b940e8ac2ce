import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where caches live: `$FLOW_CACHE`, or `~/.cache/faceflow`. */
export function defaultCacheRoot(): string {
  return process.env.FLOW_CACHE ? resolve(process.env.FLOW_CACHE) : join(homedir(), '.cache', 'faceflow');
}
