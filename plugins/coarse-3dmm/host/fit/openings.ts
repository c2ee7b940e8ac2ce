export type Opening = readonly [upper: number, lower: number];

/** Points of facemesh on the margins of the lids: between whom an eye opens, and all of them. */
const eyes: readonly { readonly openings: readonly Opening[]; readonly lids: readonly number[] }[] = [
  { openings: [[160, 144], [159, 145], [158, 153]], lids: [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246] },
  { openings: [[387, 373], [386, 374], [385, 380]], lids: [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466] },
];
const lips: readonly Opening[] = [[82, 87], [13, 14], [312, 317]];

/** Where lids and lips part: points of facemesh on the upper margin and on the lower one. */
export const openings: readonly Opening[] = [...eyes.flatMap((eye) => eye.openings), ...lips];

/** What a point on a lid is worth when nothing of its eye is seen. */
const guessed = 0.05;

export interface Seen {
  /** The openings with both margins on what the mask shows. */
  readonly openings: readonly Opening[];
  /** [468] How much a landmark counts. */
  readonly trust: ArrayLike<number>;
}

/**
 * What to make of lids and lips: behind dark lenses and covers a detector guesses, and mostly that eyes are closed. So gaps count where both margins
 * are seen, and lids of eyes of which no gap is seen hardly count.
 *
 * @param landmarks [468*2] column, row, px
 * @param trust [468] how much each counts where it is seen
 * @param mask [S*S] 1 on visible skin
 */
export function seenBy(landmarks: ArrayLike<number>, trust: ArrayLike<number>, mask: ArrayLike<number>, size: number): Seen {
  const shown = (point: number): boolean => {
    const [column, row] = [Math.floor(landmarks[point * 2]!), Math.floor(landmarks[point * 2 + 1]!)];
    return column >= 0 && row >= 0 && column < size && row < size && mask[row * size + column]! > 0.5;
  };
  const isSeen = ([upper, lower]: Opening): boolean => shown(upper) && shown(lower);
  const left = Float64Array.from(trust);
  for (const eye of eyes) {
    if (!eye.openings.some(isSeen)) eye.lids.forEach((point) => (left[point]! *= guessed));
  }
  return { openings: openings.filter(isSeen), trust: left };
}
