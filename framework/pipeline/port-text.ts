import type { PlannedPort } from './plan.js';

/** A port's type in words: `image.rgb float32[112, 112, 3]`; a dimension that nothing decides is `?`. */
export function describePort(port: PlannedPort): string {
  if (port.kind === 'value') return `${port.meaning} (plain value)`;
  return `${port.meaning} ${port.dtype}[${(port.shape ?? []).map((extent) => extent ?? '?').join(', ')}]`;
}
