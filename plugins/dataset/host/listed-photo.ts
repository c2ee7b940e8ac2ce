/** One photo of a list, and what its data set says about it. */

export interface ListedPhoto {
  /** Unique within the list and stable: the path below the folder, or the name of a built-in face. */
  readonly name: string;
  /** The file, or the archive that holds it. */
  readonly file: string;
  /** Where the photo's bytes lie within an archive. */
  readonly part?: { readonly offset: number; readonly size: number };
  /** Left, top, width, height of the face in pixels, when known. */
  readonly box?: readonly [number, number, number, number];
  /** Who is shown; empty when unknown. */
  readonly identity: string;
  /** What the data themselves say. */
  readonly split?: Split;
  /** The data set within the list, where several lie in one folder. */
  readonly set?: string;
  /** Age, sex and the like. */
  readonly labels?: Readonly<Record<string, string | number>>;
  /** Both eyes, nose, both corners of the mouth as seen on the photo: x, y, … in continuous pixels of the photo. */
  readonly landmarks5?: readonly number[];
  /** The customary 68 in the same form. */
  readonly landmarks68?: readonly number[];
  /** Pitch, yaw, roll in radians. */
  readonly pose?: readonly [number, number, number];
  /** A file with 68 landmarks and pose, read with the photo. */
  readonly truthFile?: string;
}

export type Split = 'train' | 'validation' | 'test';

/** What a data set says about a photo, in continuous pixels of that photo. */
export interface FaceTruth {
  readonly identity: string;
  readonly labels: Readonly<Record<string, string | number>>;
  /** x, y of both eyes, nose, both corners of the mouth: 10 numbers. */
  readonly landmarks5: readonly number[] | null;
  /** x, y of the customary 68: 136 numbers. */
  readonly landmarks68: readonly number[] | null;
  /** Pitch, yaw, roll in radians, signs as the data set has them. */
  readonly pose: readonly [number, number, number] | null;
}

const photoExtensions = ['.jpg', '.jpeg', '.png', '.webp', '.avif', '.tif', '.tiff', '.gif'];

/** What the names of photos end with, for messages. */
export const photoExtensionList = photoExtensions.join(', ');

/** Whether a file is taken for a photo by its name. */
export function isPhotoName(name: string): boolean {
  const lower = name.toLowerCase();
  return photoExtensions.some((extension) => lower.endsWith(extension));
}
