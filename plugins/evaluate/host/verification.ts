/** How well pictures tell whether they show the same person as another photo. */
import { bootstrapDraws, percentileInterval } from '../../../framework/index.js';
import type { MetricSummary } from './summary-text.js';

/** One photo. */
export interface Probe {
  readonly person: string;
  /** Features of the picture that is judged (a render). */
  readonly picture: Float32Array;
  /** Features of the real photo. */
  readonly photo: Float32Array;
}

/** All pairs of one photo's picture and another photo, the least similar first. */
export interface Pairs {
  /** Cosines. */
  readonly similarity: Float64Array;
  /** Numbers of the people, 0 … people − 1; a pair is genuine where both are the same. */
  readonly shown: Int32Array;
  readonly compared: Int32Array;
  readonly people: number;
}

export interface Verification {
  /** Area under the ROC curve: how often a genuine pair is more similar than one of two people; ½ is chance. */
  readonly auc: number;
  /** Mean of the shares of genuine and of other pairs that the best threshold gets right. */
  readonly accuracy: number;
}

/** The pictures against the photos of all other samples; a photo is never compared with its own picture. */
export function pairsOf(probes: readonly Probe[]): Pairs {
  const numbers = new Map([...new Set(probes.map(({ person }) => person))].map((person, index) => [person, index]));
  const [pictures, photos] = [probes.map(({ picture }) => unit(picture)), probes.map(({ photo }) => unit(photo))];
  const pairs = probes.flatMap((_, one) => probes.flatMap((__, other) =>
    (one === other ? [] : [{ similarity: dot(pictures[one], photos[other]), one, other }])));
  pairs.sort((left, right) => left.similarity - right.similarity);
  const numberOf = (index: number): number => numbers.get(probes[index].person)!;
  return {
    similarity: Float64Array.from(pairs, ({ similarity }) => similarity), people: numbers.size,
    shown: Int32Array.from(pairs, ({ one }) => numberOf(one)), compared: Int32Array.from(pairs, ({ other }) => numberOf(other)),
  };
}

/**
 * AUC (ties count half) and balanced accuracy over weighted pairs. NaN where there are no genuine pairs, or no others.
 *
 * @param timesDrawn how often each person counts, [people]: a genuine pair as often as its person, another as often as the product.
 */
export function verify({ similarity, shown, compared }: Pairs, timesDrawn: ArrayLike<number>): Verification {
  const weightOf = (pair: number): number => (shown[pair] === compared[pair] ? 1 : timesDrawn[compared[pair]]) * timesDrawn[shown[pair]];
  let [genuine, others] = [0, 0];
  for (let pair = 0; pair < similarity.length; pair++) {
    if (shown[pair] === compared[pair]) genuine += weightOf(pair);
    else others += weightOf(pair);
  }
  let [area, best, genuineBelow, othersBelow] = [0, 0, 0, 0];
  for (let pair = 0; pair < similarity.length;) {
    let [genuineHere, othersHere] = [0, 0];
    const value = similarity[pair];
    for (; pair < similarity.length && similarity[pair] === value; pair++) {
      if (shown[pair] === compared[pair]) genuineHere += weightOf(pair);
      else othersHere += weightOf(pair);
    }
    area += genuineHere * (othersBelow + othersHere / 2);
    genuineBelow += genuineHere;
    othersBelow += othersHere;
    best = Math.max(best, (1 - genuineBelow / genuine + othersBelow / others) / 2);
  }
  return { auc: area / (genuine * others), accuracy: best };
}

/** AUC and accuracy of a method, and how certain they are: people are drawn anew, with all of their photos. */
export function summariseVerification(pairs: Pairs): Record<keyof Verification, MetricSummary> {
  return summariesOf(pairs, (timesDrawn) => verify(pairs, timesDrawn));
}

/** What the first of two methods is better by over the same people, each draw the same for both. */
export function summariseDifference(one: Pairs, other: Pairs): Record<keyof Verification, MetricSummary> {
  return summariesOf(one, (timesDrawn) => {
    const [first, second] = [verify(one, timesDrawn), verify(other, timesDrawn)];
    return { auc: first.auc - second.auc, accuracy: first.accuracy - second.accuracy };
  });
}

/** `count` is the number of pairs; single samples have no such metric, so there is no deviation. */
function summariesOf({ people, similarity }: Pairs, measure: (timesDrawn: Float64Array) => Verification): Record<keyof Verification, MetricSummary> {
  const whole = measure(new Float64Array(people).fill(1));
  const drawn = bootstrapDraws(people, measure, 'verification');
  const summary = (name: keyof Verification): MetricSummary =>
    ({ mean: whole[name], deviation: Number.NaN, interval: percentileInterval(drawn.map((each) => each[name])), count: similarity.length, nonFinite: 0 });
  return { auc: summary('auc'), accuracy: summary('accuracy') };
}

/** Cosine of two vectors; 0 where one of them is zero. */
export function cosineOf(one: Float32Array, other: Float32Array): number {
  return dot(unit(one), unit(other));
}

function unit(features: Float32Array): Float32Array {
  const length = Math.sqrt(dot(features, features)) || 1;
  return features.map((value) => value / length);
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at] * other[at];
  return sum;
}
