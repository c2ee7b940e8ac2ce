/** The part of a list of photos that a run wants. */
import { permutationFor, randomFor } from '../../../framework/index.js';
import type { ListedPhoto, Split } from './listed-photo.js';

export interface Selection {
  readonly split: Split | 'all';
  /** Share of identities in the test part, where the data do not say. */
  readonly testShare: number;
  readonly shuffle: boolean;
}

/** Photos of one split, in the list's order or in a fixed permutation of it. */
export function selectPhotos<P extends ListedPhoto>(photos: readonly P[], { split, testShare, shuffle }: Selection): P[] {
  const kept = split === 'all' ? [...photos] : photos.filter((photo) => splitOf(photo, testShare) === split);
  return shuffle ? Array.from(permutationFor(kept.length, 'dataset/faces'), (index) => kept[index]) : kept;
}

/**
 * A photo's own split, or one drawn from its identity (its name, where the identity is unknown): so all photos of a person are on
 * one side, and adding photos moves none of the others.
 */
function splitOf(photo: ListedPhoto, testShare: number): Split {
  if (photo.split) return photo.split;
  return randomFor('dataset/faces split', photo.identity || photo.name).uniform() < testShare ? 'test' : 'train';
}
