/** A small data set with landmarks, and a pipeline that reads them. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { temporaryFolder, writePipeline } from './support.js';

/** The path of the pipeline. Numbers are exact in 32 bits. */
export function annotatedPhotos(): string {
  const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo');
  const index = join(temporaryFolder(), 'annotated.csv');
  const numbers = (count: number, from: number): string => Array.from({ length: count }, (_, at) => from + at / 4).join(' ');
  const rows = [1, 2].map((photo) => [join(demo, `sample${photo}.jpg`), numbers(10, 20 * photo), numbers(136, 30 * photo), `0.5 ${photo / 4} -0.25`, `group${photo}`].join(','));
  writeFileSync(index, ['file,landmarks5,landmarks68,pose,ethnicity', ...rows].join('\n'));
  return writePipeline('annotated', [], {
    workers: 0,
    stages: {
      photo: { use: 'dataset/faces', with: { photos: index } },
      five: { use: 'dataset/landmarks5', in: { truth: 'photo.truth' } },
      group: { use: 'dataset/label', in: { truth: 'photo.truth' } },
      means: { use: 'evaluate/table', in: { group: 'group.label', nme: 'error.error' } },
      points: { use: 'dataset/landmarks68', in: { truth: 'photo.truth' } },
      errors: { use: 'evaluate/nme-table', in: { yaw: 'points.yaw', nme: 'error.error' } },
      error: { use: 'evaluate/nme', in: { landmarks: 'points.landmarks', reference: 'points.landmarks' } },
    },
  });
}
