import { float32, implementSource, randomFor } from '../../../framework/index.js';
import { examples } from '../example-contracts.js';
import { coefficientCount, coefficientGroup, type CoefficientGroup } from '../host/coefficients.js';

const groups = ['identity', 'expression', 'albedo'] as const satisfies CoefficientGroup[];
/** Every so manieth person is turned, by this many radians, to either side in turn. */
const turnedEvery = 4;
const turn = 0.6;

/** A row of samples for each group, and one of people; each row begins with the mean face and is 1 + 2 · modes long. */
export const stage = implementSource(examples, {
  open: async ({ options }) => {
    const { modes, deviations } = options;
    const length = 1 + 2 * modes;
    const place = (index: number): { row: number; at: number } => ({ row: Math.floor(index / length), at: (index % length) - 1 });
    const shownMode = (at: number): { mode: number; sign: number } => ({ mode: Math.floor(at / 2), sign: at % 2 === 0 ? -1 : 1 });
    return {
      length: length * (groups.length + 1),
      key: (index) => {
        const { row, at } = place(index);
        const name = groups[row] ?? 'people';
        if (at < 0) return `${name}-mean`;
        if (!groups[row]) return `person-${at + 1}`;
        const { mode, sign } = shownMode(at);
        return `${name}-${mode + 1}${sign < 0 ? '-minus' : '-plus'}`;
      },
      read: async (index) => {
        const { row, at } = place(index);
        const coefficients = litFromAbove();
        const group = groups[row];
        if (at >= 0 && group) {
          const { mode, sign } = shownMode(at);
          coefficientGroup(coefficients, group)[mode] = sign * deviations;
        } else if (at >= 0) drawPerson(coefficients, at, options);
        return { coefficients: float32(coefficients, [coefficientCount]) };
      },
    };
  },
});

/** A soft light from the front and from above, which shows the shape. */
function litFromAbove(): Float32Array {
  const coefficients = new Float32Array(coefficientCount);
  coefficientGroup(coefficients, 'light').set(Array.from({ length: 27 }, (_, band) => [0.1, -0.08, 0.14, 0.06][band % 9] ?? 0));
  return coefficients;
}

function drawPerson(coefficients: Float32Array, person: number, { seed, spread, expression }: { seed: number; spread: number; expression: number }): void {
  const random = randomFor('examples', seed, person);
  for (const group of groups) {
    const values = coefficientGroup(coefficients, group);
    for (let mode = 0; mode < values.length; mode++) values[mode] = (group === 'expression' ? expression : spread) * random.normal();
  }
  if (person % turnedEvery === turnedEvery - 1) coefficientGroup(coefficients, 'angles')[1] = person % (2 * turnedEvery) === turnedEvery - 1 ? turn : -turn;
}
