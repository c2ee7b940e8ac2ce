/** Mean features of the judge over people, for pictures as they are and for pictures of the masked face on black. */
import mean from '../data/judge-mean.json' with { type: 'json' };

/** [1024]. */
export function judgeMean(masked: boolean): Float32Array {
  return Float32Array.from(masked ? mean.masked : mean.plain);
}
