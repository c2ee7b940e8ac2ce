/** What a data set looks like after preprocessing: sizes, poses, masks, confidence, by data set. */
import { boundsOf, fivePointsOf, invertAffine, orthographicPose, type Affine, type Located } from '../../preprocess/index.js';

export interface SeenFace {
  readonly key: string;
  readonly set: string;
  /** [68, 2] in crop pixels. */
  readonly landmarks68: Float32Array;
  readonly transform: Affine;
  readonly confidence: number;
  readonly disagreement: number;
  readonly located: Located;
  /** Share of the face's box that the mask covers. */
  readonly visible?: number;
  /** Width and height of the photo. */
  readonly photo?: readonly [number, number];
}

/** The measures of one face, by name, in the order of the table. */
export type FaceMeasures = Readonly<Record<string, number>>;

/** Units of the measures. */
export const measureUnits: Readonly<Record<string, string>> = {
  photoWidth: 'px', photoHeight: 'px', faceWidth: 'px in the photo', faceHeight: 'px in the photo', pitch: '°', yaw: '°', roll: '°',
  visible: 'share of the face\'s box', confidence: 'probability', disagreement: 'share of the face',
};

/** Pose comes from five points (`orthographicPose`), so it is rough: for a histogram, not for a fit. A face placed by its box has none. */
export function measure(face: SeenFace): FaceMeasures {
  const [, , width, height] = boundsOf(face.landmarks68);
  const toPhoto = invertAffine(face.transform);
  const scale = Math.hypot(toPhoto[0], toPhoto[3]);
  const { angles } = orthographicPose(fivePointsOf(face.landmarks68));
  const turn = Math.atan2(face.transform[3], face.transform[0]); // what `roll: upright` took out
  const [pitch, yaw, roll] = [angles[0], angles[1], wrapped(angles[2] + turn)].map((angle) => (angle * 180) / Math.PI);
  return {
    ...(face.photo && { photoWidth: face.photo[0], photoHeight: face.photo[1] }),
    faceWidth: width * scale,
    faceHeight: height * scale,
    ...(face.located !== 'box' && { pitch, yaw, roll }),
    ...(face.visible !== undefined && { visible: face.visible }),
    confidence: face.confidence,
    disagreement: face.disagreement,
  };
}

function wrapped(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

export interface MeasureSummary {
  readonly unit: string;
  readonly count: number;
  readonly mean: number;
  readonly least: number;
  readonly p05: number;
  readonly median: number;
  readonly p95: number;
  readonly most: number;
}

export interface SetSummary {
  readonly set: string;
  readonly faces: number;
  /** How the faces were located: counts. */
  readonly located: Readonly<Record<Located, number>>;
  readonly measures: Readonly<Record<string, MeasureSummary>>;
}

/** Gathers measures, a few numbers a face, and sums them up by data set. */
export class FaceStatistics {
  readonly #sets = new Map<string, { located: Record<Located, number>; columns: Map<string, number[]> }>();

  add({ set, located }: Pick<SeenFace, 'set' | 'located'>, measures: FaceMeasures): void {
    let known = this.#sets.get(set);
    if (!known) this.#sets.set(set, known = { located: { landmarks: 0, unsure: 0, box: 0 }, columns: new Map() });
    known.located[located]++;
    for (const [name, value] of Object.entries(measures)) {
      const column = known.columns.get(name);
      if (column) column.push(value);
      else known.columns.set(name, [value]);
    }
  }

  summaries(): SetSummary[] {
    return [...this.#sets].sort(([first], [second]) => (first < second ? -1 : 1)).map(([set, { located, columns }]) => ({
      set,
      faces: located.landmarks + located.unsure + located.box,
      located,
      measures: Object.fromEntries([...columns].map(([name, values]) => [name, summarise(name, values)])),
    }));
  }
}

function summarise(name: string, values: readonly number[]): MeasureSummary {
  const sorted = Float64Array.from(values).sort();
  const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return {
    unit: measureUnits[name], count: sorted.length, mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    least: sorted[0], p05: quantile(0.05), median: quantile(0.5), p95: quantile(0.95), most: sorted[sorted.length - 1],
  };
}

/** A Markdown table for each data set. */
export function statisticsText(summaries: readonly SetSummary[]): string {
  return summaries.map(({ set, faces, located, measures }) => [
    `## ${set || 'all photos'}: ${faces} faces`, '',
    `Located by landmarks ${located.landmarks}, by doubted landmarks ${located.unsure}, by the detector's box ${located.box}.`, '',
    '| measure | unit | mean | least | 5 % | median | 95 % | most |', '|---|---|--:|--:|--:|--:|--:|--:|',
    ...Object.entries(measures).map(([name, { unit, mean, least, p05, median, p95, most }]) =>
      `| ${name} | ${unit} | ${[mean, least, p05, median, p95, most].map((value) => Number(value.toPrecision(4))).join(' | ')} |`),
    '',
  ].join('\n')).join('\n');
}
