/** Rows of three numbers scaled to unit length. */
import type { Numbers } from './camera.js';

/** Squared lengths below this count as zero: such rows become zero and pass no gradient. */
const tiny = 1e-24;

/** u = v / |v|, and 0 where v vanishes. */
export function unitVectorsInto(vectors: Numbers, result: Numbers): void {
  for (let at = 0; at < vectors.length; at += 3) {
    const inverse = inverseLength(vectors, at);
    result[at] = vectors[at]! * inverse;
    result[at + 1] = vectors[at + 1]! * inverse;
    result[at + 2] = vectors[at + 2]! * inverse;
  }
}

/** ∂F/∂v = (g − u (u · g)) / |v|, given g = ∂F/∂u. */
export function unitVectorsBackwardInto(vectors: Numbers, gradients: Numbers, result: Numbers): void {
  for (let at = 0; at < vectors.length; at += 3) {
    const inverse = inverseLength(vectors, at);
    const x = vectors[at]! * inverse;
    const y = vectors[at + 1]! * inverse;
    const z = vectors[at + 2]! * inverse;
    const along = x * gradients[at]! + y * gradients[at + 1]! + z * gradients[at + 2]!;
    result[at] = (gradients[at]! - x * along) * inverse;
    result[at + 1] = (gradients[at + 1]! - y * along) * inverse;
    result[at + 2] = (gradients[at + 2]! - z * along) * inverse;
  }
}

function inverseLength(vectors: Numbers, at: number): number {
  const x = vectors[at]!;
  const y = vectors[at + 1]!;
  const z = vectors[at + 2]!;
  const squared = x * x + y * y + z * z;
  return squared > tiny ? 1 / Math.sqrt(squared) : 0;
}
