/** The heads of a regressor, or a step of a cascade, in closed form. */
import { float32, type HostTensor } from '../../../../framework/index.js';
import { coefficientCount } from '../coefficients.js';
import { heads, units } from '../heads.js';
import { RidgeSums } from './ridge.js';

export interface Pair {
  /** [F] */
  readonly features: Float32Array;
  /** [257] */
  readonly coefficients: Float32Array;
  /** How much the pair counts. */
  readonly weight: number;
}

export interface SolveOptions {
  /** Strengths of the ridge to choose from, for each coefficient apart. */
  readonly lambdas: readonly number[];
  /** Every so many samples one is left out of the sums, to choose by. */
  readonly heldOutEvery: number;
}

export interface SolvedHeads {
  /** Named as `regress` names its variables, or `cascade` where what is asked for is a step. */
  readonly heads: ReadonlyMap<string, HostTensor>;
  /** One line a head. */
  readonly report: readonly string[];
}

/**
 * Ridge regression of the coefficients on the features; each coefficient takes the strength that does best on the samples left out.
 *
 * @param samples the pairs of each sample, which are left out together
 * @param step whether the coefficients of the pairs are what a step of `cascade` is to add
 */
export function solveHeads(samples: readonly (readonly Pair[])[], { lambdas, heldOutEvery }: SolveOptions, step = false): SolvedHeads {
  const features = samples[0]![0]!.features.length;
  const sums = new RidgeSums(features, coefficientCount);
  const isHeldOut = (sample: number): boolean => sample % heldOutEvery === heldOutEvery - 1;
  const heldOut = samples.filter((_, sample) => isHeldOut(sample)).flat();
  for (const pair of samples.filter((_, sample) => !isHeldOut(sample)).flat()) sums.add(pair.features, pair.coefficients, pair.weight);
  const tried = lambdas.map((lambda) => {
    const solution = sums.solve(lambda);
    return { lambda, solution, errors: squaredErrors(solution, heldOut) };
  });
  const spreads = spreadsOf(heldOut);
  const best = Array.from({ length: coefficientCount }, (_, at) => tried.reduce((one, other) => (other.errors[at]! < one.errors[at]! ? other : one)));
  const value = (row: number, column: number): number => best[column]!.solution[row * coefficientCount + column]! / units[column]!;
  // y = unit · (W f / √F + b) in both networks.
  const kernel = (first: number, size: number): HostTensor => float32(Float32Array.from({ length: features * size }, (_, at) =>
    value(Math.floor(at / size), first + (at % size)) * Math.sqrt(features)), [features, size]);
  const bias = (first: number, size: number): HostTensor => float32(Float32Array.from({ length: size }, (_, column) => value(features, first + column)), [size]);
  const solved = new Map<string, HostTensor>(step ? [['direct/kernel', kernel(0, coefficientCount)], ['output/bias', bias(0, coefficientCount)]] : []);
  const report: string[] = [];
  let start = 0;
  for (const { name, size } of heads) {
    if (!step) solved.set(`heads/${name}/kernel`, kernel(start, size)).set(`heads/${name}/bias`, bias(start, size));
    const error = best.slice(start, start + size).reduce((sum, { errors }, column) => sum + errors[start + column]!, 0);
    const spread = spreads.subarray(start, start + size).reduce((sum, each) => sum + each, 0);
    report.push(`${name}: ${(100 * (1 - error / spread)).toFixed(1)} % of the variance of ${heldOut.length} pictures left out`);
    start += size;
  }
  return { heads: solved, report };
}

/** [257] weighted sums over the samples. */
function squaredErrors(solution: Float64Array, pairs: readonly Pair[]): Float64Array {
  const errors = new Float64Array(coefficientCount);
  for (const { features, coefficients, weight } of pairs) {
    const predicted = solution.slice(features.length * coefficientCount);
    features.forEach((value, feature) => {
      for (let at = 0; at < coefficientCount; at++) predicted[at]! += value * solution[feature * coefficientCount + at]!;
    });
    for (let at = 0; at < coefficientCount; at++) errors[at]! += weight * (predicted[at]! - coefficients[at]!) ** 2;
  }
  return errors;
}

/** [257] squared distances from the mean, weighted. */
function spreadsOf(pairs: readonly Pair[]): Float64Array {
  const mean = new Float64Array(coefficientCount);
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0);
  for (const { coefficients, weight } of pairs) coefficients.forEach((value, at) => (mean[at]! += (weight * value) / total));
  const spreads = new Float64Array(coefficientCount);
  for (const { coefficients, weight } of pairs) coefficients.forEach((value, at) => (spreads[at]! += weight * (value - mean[at]!) ** 2));
  return spreads;
}
