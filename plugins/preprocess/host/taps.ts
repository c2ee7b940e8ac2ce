/** Weights of the pixels of one axis around a position: Keys' cubic (a = −0.5), stretched. */
export class Taps {
  first = 0;
  count = 0;
  readonly weights: Float64Array;

  /** `stretch` in pixels: 1 where nothing is reduced. */
  constructor(private readonly stretch: number) {
    this.weights = new Float64Array(2 * Math.ceil(2 * stretch) + 2);
  }

  /** For another axis of the same picture. */
  copy(): Taps {
    return new Taps(this.stretch);
  }

  /** Chooses the pixels around `position`, in continuous pixels of an axis of `extent` pixels; their weights sum to 1. */
  place(position: number, extent: number): void {
    const radius = 2 * this.stretch;
    this.first = Math.max(0, Math.ceil(position - radius - 0.5));
    this.count = Math.max(0, Math.min(extent - 1, Math.floor(position + radius - 0.5)) - this.first + 1);
    let sum = 0;
    for (let tap = 0; tap < this.count; tap++) {
      sum += this.weights[tap] = keysCubic((this.first + tap + 0.5 - position) / this.stretch);
    }
    for (let tap = 0; tap < this.count; tap++) this.weights[tap] /= sum;
  }
}

function keysCubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}
