/**
 * The faces in the group photos that come with `@vladmandic/face-api`: 22 faces of about 19 people.
 *
 * Boxes are the answers of the packaged detector (`scripts/find-built-in-faces.ts`), each looked at; one false answer, a dress, was
 * struck out. People were told apart by eye and by a face recognition network; where two photos may show the same person
 * they carry the same name, so that nobody is on both sides of the split.
 */
export interface BuiltInFace {
  readonly name: string;
  /** File in the folder `demo` of `@vladmandic/face-api`. */
  readonly file: string;
  /** Left, top, width, height in pixels of that photo. */
  readonly box: readonly [number, number, number, number];
  readonly person: string;
  readonly split: 'train' | 'test';
}

export const builtInFaces: readonly BuiltInFace[] = [
  { name: 'sample1-01', file: 'sample1.jpg', box: [418, 404, 195, 195], person: 'sample1-01', split: 'train' },
  { name: 'sample1-02', file: 'sample1.jpg', box: [846, 467, 182, 182], person: 'dark-hair', split: 'train' },
  { name: 'sample1-03', file: 'sample1.jpg', box: [1486, 261, 161, 161], person: 'red-hair', split: 'train' },
  { name: 'sample2-01', file: 'sample2.jpg', box: [351, 187, 220, 220], person: 'sample2-01', split: 'train' },
  { name: 'sample2-02', file: 'sample2.jpg', box: [878, 261, 205, 205], person: 'sample2-02', split: 'train' },
  { name: 'sample2-03', file: 'sample2.jpg', box: [1455, 193, 197, 197], person: 'dark-hair', split: 'train' },
  { name: 'sample3-01', file: 'sample3.jpg', box: [578, 369, 233, 233], person: 'sample3-01', split: 'train' },
  { name: 'sample3-02', file: 'sample3.jpg', box: [1066, 264, 239, 239], person: 'red-hair', split: 'train' },
  { name: 'sample3-03', file: 'sample3.jpg', box: [1461, 342, 229, 229], person: 'sample3-03', split: 'test' },
  { name: 'sample4-01', file: 'sample4.jpg', box: [232, 244, 188, 188], person: 'dark-hair', split: 'train' },
  { name: 'sample4-02', file: 'sample4.jpg', box: [676, 129, 164, 164], person: 'sample4-02', split: 'test' },
  { name: 'sample4-03', file: 'sample4.jpg', box: [979, 219, 203, 203], person: 'sample4-03', split: 'train' },
  { name: 'sample4-04', file: 'sample4.jpg', box: [1281, 206, 176, 176], person: 'sample4-04', split: 'test' },
  { name: 'sample5-01', file: 'sample5.jpg', box: [354, 928, 231, 231], person: 'sample5-01', split: 'train' },
  { name: 'sample5-02', file: 'sample5.jpg', box: [576, 465, 195, 195], person: 'sample5-02', split: 'test' },
  { name: 'sample5-03', file: 'sample5.jpg', box: [774, 160, 171, 171], person: 'sample5-03', split: 'train' },
  { name: 'sample5-04', file: 'sample5.jpg', box: [1111, 258, 182, 182], person: 'sample5-04', split: 'train' },
  { name: 'sample5-05', file: 'sample5.jpg', box: [1406, 429, 232, 232], person: 'sample5-05', split: 'test' },
  { name: 'sample6-01', file: 'sample6.jpg', box: [236, 533, 232, 232], person: 'sample6-01', split: 'train' },
  { name: 'sample6-02', file: 'sample6.jpg', box: [658, 376, 250, 250], person: 'sample6-02', split: 'test' },
  { name: 'sample6-03', file: 'sample6.jpg', box: [1150, 352, 232, 232], person: 'sample6-03', split: 'train' },
  { name: 'sample6-04', file: 'sample6.jpg', box: [1467, 311, 247, 247], person: 'sample6-04', split: 'train' },
];
