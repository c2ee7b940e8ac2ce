/** AFLW2000-3D (Zhu et al. 2016): each photo with a MAT file of its name. */
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { SampleError } from '../../../../framework/index.js';
import { readMatFile } from '../../../coarse-3dmm/index.js';
import type { ListedPhoto } from '../listed-photo.js';

/** Undefined unless nearly every photo of the folder has its MAT file. */
export async function listAflw2000(root: string): Promise<ListedPhoto[] | undefined> {
  const files = await readdir(root).catch(() => []);
  const mats = new Set(files.filter((file) => file.endsWith('.mat')));
  if (mats.size === 0) return undefined;
  const photos = files.filter((file) => /\.(jpe?g|png)$/i.test(file)).sort();
  const matOf = (photo: string): string => photo.slice(0, -extname(photo).length) + '.mat';
  if (photos.filter((photo) => mats.has(matOf(photo))).length < 0.9 * photos.length) return undefined;
  return photos.map((photo): ListedPhoto => ({
    name: photo, file: join(root, photo), identity: '', truthFile: mats.has(matOf(photo)) ? join(root, matOf(photo)) : undefined,
  }));
}

export interface AflwTruth {
  /** 136 numbers, continuous pixels. */
  readonly landmarks68: readonly number[];
  /** Pitch, yaw, roll. */
  readonly pose: readonly [number, number, number];
}

/**
 * `pt3d_68` (3 × 68, pixels, y down; MATLAB's indices, whose first pixel is 1) and `Pose_Para` (pitch, yaw, roll in radians, …). Throws a
 * SampleError (`label-unreadable`) when the file is damaged or lacks them.
 */
export async function readAflwTruth(file: string): Promise<AflwTruth> {
  try {
    const { pt3d_68: points, Pose_Para: pose } = await readMatFile(file, {
      pt3d_68: { rows: 3, columns: 68 }, Pose_Para: { rows: 1, columns: 7 },
    });
    const landmarks68 = Array.from({ length: 136 }, (_, index) => points[3 * (index >> 1) + (index & 1)] - 0.5);
    return { landmarks68, pose: [pose[0], pose[1], pose[2]] };
  } catch (error) {
    throw new SampleError(`The labels ${file} cannot be read: ${(error as Error).message}`, {
      reason: 'label-unreadable', expected: 'a MAT file of level 5 with pt3d_68 and Pose_Para', cure: 'fetch the file again', cause: error,
    });
  }
}
