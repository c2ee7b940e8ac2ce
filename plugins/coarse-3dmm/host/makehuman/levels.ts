/** Resolutions of the built model: how often the control mesh is subdivided, and the exact counts that follow. */
export const levels = {
  tiny: { depth: 0, vertices: 2220, triangles: 4368 },
  small: { depth: 1, vertices: 8807, triangles: 17472 },
  paper: { depth: 2, vertices: 35085, triangles: 69888 },
} as const satisfies Record<string, { depth: number; vertices: number; triangles: number }>;

export type Level = keyof typeof levels;
