/** Where lids and lips part: points of facemesh on the upper margin and on the lower one. */
export const openings: readonly (readonly [upper: number, lower: number])[] = [
  [160, 144], [159, 145], [158, 153], [387, 373], [386, 374], [385, 380], [82, 87], [13, 14], [312, 317],
];
