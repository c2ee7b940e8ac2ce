/** Float32 arrays of many variables in memory that threads share. */
import { sizeOf } from '../../values/host-tensor.js';

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A view for each name, one behind the other in a shared buffer. */
export class SharedNumbers {
  readonly buffer: SharedArrayBuffer;
  private readonly views = new Map<string, Float32Array>();

  /** @param buffer one that another thread made for the same shapes; a new one by default. */
  constructor(shapes: readonly NamedShape[], buffer?: SharedArrayBuffer) {
    const length = shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    this.buffer = buffer ?? new SharedArrayBuffer(4 * length);
    let offset = 0;
    for (const { name, shape } of shapes) {
      this.views.set(name, new Float32Array(this.buffer, 4 * offset, sizeOf(shape)));
      offset += sizeOf(shape);
    }
  }

  view(name: string): Float32Array {
    return this.views.get(name)!;
  }
}
