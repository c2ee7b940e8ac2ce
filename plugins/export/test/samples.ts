import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { float32, type HostTensor } from '../../../framework/index.js';

/** A dome of 5 × 4 vertices in decimetres, coloured by position. */
export function dome(): { vertices: Float32Array; triangles: Int32Array; colours: Float32Array } {
  const vertices: number[] = [];
  const colours: number[] = [];
  const triangles: number[] = [];
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j < 4; j++) {
      const [x, y] = [j / 2 - 0.75, 0.8 - i * 0.4];
      vertices.push(x, y, 0.6 - 0.5 * (x * x + y * y));
      colours.push(i / 4, j / 3, 0.5);
      if (i < 4 && j < 3) triangles.push(i * 4 + j, i * 4 + j + 4, i * 4 + j + 1, i * 4 + j + 1, i * 4 + j + 4, i * 4 + j + 5);
    }
  }
  return { vertices: Float32Array.from(vertices), triangles: Int32Array.from(triangles), colours: Float32Array.from(colours) };
}

/** An image of one colour. */
export function plain(height: number, width: number, colour: readonly [number, number, number]): HostTensor {
  return float32(Float32Array.from({ length: height * width * 3 }, (_, index) => colour[index % 3]!), [height, width, 3]);
}

/** Runs `body` with an empty folder that is removed afterwards. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'export-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
