/** The heads of a regressor in closed form. */
import { float32, type HostTensor } from '../../../../framework/index.js';
import { coefficientCount } from '../coefficients.js';
import { heads } from '../heads.js';
import { RidgeSums } from './ridge.js';

export interface Pair {
  /** [F] */
  readonly features: Float32Array;
  /** [257] */
  readonly coefficients: Float32Array;
}

export interface SolveOptions {
  /** Strengths of the ridge to choose from, for each coefficient apart. */
  readonly lambdas: readonly number[];
  /** Every so many samples one is left out of the sums, to choose by. */
  readonly heldOutEvery: number;
}

export interface SolvedHeads {
  /** Named as the regressor names its variables. */
  readonly heads: ReadonlyMap<string, HostTensor>;
  /** One line a head. */
  readonly report: readonly string[];
}

/** Ridge regression of the coefficients on the features; each coefficient takes the strength that does best on the samples left out. */
export function solveHeads(pairs: readonly Pair[], { lambdas, heldOutEvery }: SolveOptions): SolvedHeads {
  const features = pairs[0]!.features.length;
  const sums = new RidgeSums(features, coefficientCount);
  const heldOut = pairs.filter((_, index) => index % heldOutEvery === heldOutEvery - 1);
  pairs.forEach((pair, index) => {
    if (index % heldOutEvery !== heldOutEvery - 1) sums.add(pair.features, pair.coefficients);
  });
  const tried = lambdas.map((lambda) => {
    const solution = sums.solve(lambda);
    return { lambda, solution, errors: squaredErrors(solution, heldOut) };
  });
  const spreads = spreadsOf(heldOut);
  const best = Array.from({ length: coefficientCount }, (_, at) => tried.reduce((one, other) => (other.errors[at]! < one.errors[at]! ? other : one)));
  const solved = new Map<string, HostTensor>();
  const report: string[] = [];
  let start = 0;
  for (const { name, size, unit } of heads) {
    const own = best.slice(start, start + size);
    const first = start;
    const pick = (row: number, column: number): number => own[column]!.solution[row * coefficientCount + first + column]! / unit;
    const kernel = Float32Array.from({ length: features * size }, (_, at) => pick(Math.floor(at / size), at % size) * Math.sqrt(features));
    solved.set(`heads/${name}/kernel`, float32(kernel, [features, size]));
    solved.set(`heads/${name}/bias`, float32(Float32Array.from({ length: size }, (_, column) => pick(features, column)), [size]));
    const error = own.reduce((sum, { errors }, column) => sum + errors[first + column]!, 0);
    const spread = spreads.subarray(start, start + size).reduce((sum, value) => sum + value, 0);
    report.push(`${name}: ${(100 * (1 - error / spread)).toFixed(1)} % of the variance of ${heldOut.length} samples left out`);
    start += size;
  }
  return { heads: solved, report };
}

/** [257] sums over the samples. */
function squaredErrors(solution: Float64Array, samples: readonly Pair[]): Float64Array {
  const errors = new Float64Array(coefficientCount);
  for (const { features, coefficients } of samples) {
    const predicted = solution.slice(features.length * coefficientCount);
    features.forEach((value, feature) => {
      for (let at = 0; at < coefficientCount; at++) predicted[at]! += value * solution[feature * coefficientCount + at]!;
    });
    for (let at = 0; at < coefficientCount; at++) errors[at]! += (predicted[at]! - coefficients[at]!) ** 2;
  }
  return errors;
}

/** [257] squared distances from the mean. */
function spreadsOf(samples: readonly Pair[]): Float64Array {
  const mean = new Float64Array(coefficientCount);
  for (const { coefficients } of samples) coefficients.forEach((value, at) => (mean[at]! += value / samples.length));
  const spreads = new Float64Array(coefficientCount);
  for (const { coefficients } of samples) coefficients.forEach((value, at) => (spreads[at]! += (value - mean[at]!) ** 2));
  return spreads;
}
