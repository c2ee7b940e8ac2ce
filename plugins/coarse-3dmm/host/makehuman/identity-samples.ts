/** Random people: macro targets (origin, sex, age, muscle, weight) and detail targets of the face, by name. */
import type { Random } from '../../../../framework/index.js';

/** Weights of morph targets by name. */
export type TargetWeights = Map<string, number>;

const detailFolders = ['head', 'forehead', 'eyebrows', 'eyes', 'nose', 'mouth', 'chin', 'cheek', 'asym'] as const;

/** Targets that only move the whole head, or change what the crop leaves out. */
const leftOut = /head-(trans|back|angle|age|scale)|neck/;

/** Ends of the names of opposite targets: the second is the positive direction. */
const opposites: readonly (readonly [string, string])[] = [
  ['less', 'more'], ['in', 'out'], ['down', 'up'], ['backward', 'forward'], ['min', 'max'], ['decr', 'incr'], ['small', 'big'],
  ['concave', 'convex'], ['compress', 'uncompress'], ['lessgreek', 'moregreek'], ['lesshump', 'morehump'], ['potato', 'point'],
  ['deflate', 'inflate'], ['decrease', 'increase'], ['skinny', 'fat'], ['l', 'r'],
];

/** One direction of detail: a pair of opposite targets, or a target on its own. */
interface Detail {
  readonly negative?: string;
  readonly positive: string;
  readonly spread: number;
}

/** Names of all targets that random people may use. */
export function identityTargets(names: readonly string[]): string[] {
  return names.filter((name) => isMacro(name) || isDetail(name));
}

/** Draws one person. `names` are those of `identityTargets`. */
export function drawPerson(names: readonly string[], random: Random): TargetWeights {
  const weights: TargetWeights = new Map();
  drawMacro(random, weights);
  const details = detailsOf(names.filter(isDetail));
  for (const detail of details) {
    if (detail.positive.startsWith('eyes/r-') || detail.positive.startsWith('cheek/r-')) continue;
    const amount = detail.spread * random.normal();
    addDetail(weights, detail, amount);
    const other = rightOf(detail);
    if (other) addDetail(weights, other, amount + 0.3 * detail.spread * random.normal());
  }
  return weights;
}

function isMacro(name: string): boolean {
  return /^macrodetails\/(african|asian|caucasian|universal)-(male|female)-(young|old|child)/.test(name);
}

function isDetail(name: string): boolean {
  return detailFolders.some((folder) => name.startsWith(`${folder}/`)) && !leftOut.test(name);
}

function drawMacro(random: Random, weights: TargetWeights): void {
  const origins = normalised(['african', 'asian', 'caucasian'].map((name): [string, number] => [name, random.uniform() ** 3 + 1e-6]));
  const male = clamp(0.5 + 0.4 * random.normal(), 0, 1);
  const sexes: [string, number][] = [['male', male], ['female', 1 - male]];
  const old = random.uniform() ** 2;
  const ages: [string, number][] = random.uniform() < 0.1 ? [['child', 0.5], ['young', 0.5]] : [['young', 1 - old], ['old', old]];
  const muscles = threeWay(random, 'muscle');
  const loads = threeWay(random, 'weight');
  for (const [sex, sexWeight] of sexes) {
    for (const [age, ageWeight] of ages) {
      for (const [origin, originWeight] of origins) weights.set(`macrodetails/${origin}-${sex}-${age}`, sexWeight * ageWeight * originWeight);
      for (const [muscle, muscleWeight] of muscles) {
        for (const [load, loadWeight] of loads) {
          weights.set(`macrodetails/universal-${sex}-${age}-${muscle}-${load}`, sexWeight * ageWeight * muscleWeight * loadWeight);
        }
      }
    }
  }
}

/** Weights of `min…`, `average…`, `max…`: two neighbours of the three share 1. */
function threeWay(random: Random, name: string): [string, number][] {
  const amount = clamp(0.45 * random.normal(), -1, 1);
  return [[`${amount < 0 ? 'min' : 'max'}${name}`, Math.abs(amount)], [`average${name}`, 1 - Math.abs(amount)]];
}

function detailsOf(names: readonly string[]): Detail[] {
  const known = new Set(names);
  const details: Detail[] = [];
  for (const name of names) {
    const spread = name.startsWith('asym/') ? 0.15 : 0.33;
    const end = name.slice(Math.max(name.lastIndexOf('-'), 0) + 1);
    const stem = name.slice(0, name.length - end.length);
    const pair = opposites.find(([low, high]) => (end === low && known.has(stem + high)) || (end === high && known.has(stem + low)));
    if (!pair) details.push({ positive: name, spread: spread / 2 });
    else if (end === pair[1]) details.push({ negative: stem + pair[0], positive: name, spread });
  }
  return details;
}

function rightOf(detail: Detail): Detail | undefined {
  if (!/\/l-/.test(detail.positive)) return undefined;
  const other = (name: string): string => name.replace('/l-', '/r-');
  return { negative: detail.negative && other(detail.negative), positive: other(detail.positive), spread: detail.spread };
}

function addDetail(weights: TargetWeights, detail: Detail, amount: number): void {
  const bounded = clamp(amount, -1, 1);
  if (bounded >= 0 || !detail.negative) weights.set(detail.positive, Math.abs(bounded));
  else weights.set(detail.negative, -bounded);
}

function normalised(shares: [string, number][]): [string, number][] {
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  return shares.map(([name, share]) => [name, share / sum]);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
