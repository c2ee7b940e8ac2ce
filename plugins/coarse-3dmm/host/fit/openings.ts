export type Opening = readonly [upper: number, lower: number];

/** Where lids and lips part: points of facemesh on the upper margin and on the lower one. */
export const openings: readonly Opening[] = [
  [160, 144], [159, 145], [158, 153], [387, 373], [386, 374], [385, 380], [82, 87], [13, 14], [312, 317],
];

/**
 * The openings with both margins on what the mask shows: behind dark lenses and covers a detector guesses, and mostly that eyes are closed.
 *
 * @param landmarks [468*2] column, row, px
 * @param mask [S*S] 1 on visible skin
 */
export function seenOpenings(landmarks: ArrayLike<number>, mask: ArrayLike<number>, size: number): Opening[] {
  const shown = (point: number): boolean => {
    const [column, row] = [Math.floor(landmarks[point * 2]!), Math.floor(landmarks[point * 2 + 1]!)];
    return column >= 0 && row >= 0 && column < size && row < size && mask[row * size + column]! > 0.5;
  };
  return openings.filter(([upper, lower]) => shown(upper) && shown(lower));
}
