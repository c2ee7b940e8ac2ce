/** What was found on a crop, drawn over it. */

export interface Annotations {
  /** [68, 2] in crop pixels. */
  readonly landmarks68: Float32Array;
  /** [size, size]: the visible face. */
  readonly mask?: Float32Array;
  /** The colour of the points: green for trusted landmarks, yellow for doubted ones, red for a box. */
  readonly located: 'landmarks' | 'unsure' | 'box';
}

const colours = { landmarks: [0.2, 1, 0.3], unsure: [1, 0.9, 0.1], box: [1, 0.2, 0.2] } as const;

/** How dark the picture becomes outside of the mask. */
const shade = 0.35;

/** [size, size, 3], RGB in 0 … 1: the picture shaded outside of the mask, with a dot for each landmark. */
export function drawAnnotations(image: Float32Array, size: number, { landmarks68, mask, located }: Annotations): Float32Array {
  const drawn = Float32Array.from(image);
  if (mask) shadeOutside(drawn, mask);
  const reach = Math.max(0, Math.round(size / 224) - 1);
  for (let point = 0; point < landmarks68.length; point += 2) {
    const column = Math.floor(landmarks68[point]);
    const row = Math.floor(landmarks68[point + 1]);
    for (let y = row - reach; y <= row + reach; y++) {
      for (let x = column - reach; x <= column + reach; x++) {
        if (x >= 0 && y >= 0 && x < size && y < size) drawn.set(colours[located], 3 * (y * size + x));
      }
    }
  }
  return drawn;
}

function shadeOutside(picture: Float32Array, mask: Float32Array): void {
  for (let pixel = 0, at = 0; pixel < mask.length; pixel++, at += 3) {
    const light = shade + (1 - shade) * mask[pixel];
    picture[at] *= light;
    picture[at + 1] *= light;
    picture[at + 2] *= light;
  }
}
