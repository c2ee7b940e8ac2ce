/**
 * Resolutions of the built model: how often the control mesh is subdivided, whether each quad is then split about a point in its
 * middle, and the exact counts that follow.
 */
export const levels = {
  tiny: { depth: 0, centred: false, vertices: 2292, triangles: 4512 },
  small: { depth: 1, centred: false, vertices: 9095, triangles: 18048 },
  medium: { depth: 1, centred: true, vertices: 18119, triangles: 36096 },
  paper: { depth: 2, centred: false, vertices: 36237, triangles: 72192 },
} as const satisfies Record<string, { depth: number; centred: boolean; vertices: number; triangles: number }>;

export type Level = keyof typeof levels;
