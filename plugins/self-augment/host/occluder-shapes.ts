import type { Random } from '../../../framework/index.js';

export type OccluderKind = 'ellipse' | 'blob' | 'bar' | 'polygon';

/** Signed distance-like function of a point in shape units: above 0 inside, its slope about 1 near the edge. */
export interface OccluderShape {
  readonly inside: (x: number, y: number) => number;
  /** Area in squared shape units. */
  readonly area: number;
  /** No point farther from the origin is inside. */
  readonly reach: number;
}

/** A random shape of that kind, about one unit in size, around the origin. */
export function drawShape(random: Random, kind: OccluderKind): OccluderShape {
  if (kind === 'bar') return bar(random.between(1.5, 4), random.between(0.3, 0.6));
  return star(kind === 'ellipse' ? ellipse(random.between(0.4, 1)) : kind === 'blob' ? blob(random) : polygon(random));
}

function bar(length: number, thickness: number): OccluderShape {
  return { inside: (x, y) => Math.min(length / 2 - Math.abs(x), thickness / 2 - Math.abs(y)), area: length * thickness, reach: Math.hypot(length, thickness) / 2 };
}

type Radius = (angle: number) => number;

/** Every direction from the origin meets the edge once, at that radius. */
function star(radius: Radius): OccluderShape {
  const steps = 256;
  const radii = Array.from({ length: steps }, (_, step) => radius((2 * Math.PI * step) / steps));
  const area = (radii.reduce((sum, value) => sum + value * value, 0) * Math.PI) / steps;
  // A corner between two of the sampled directions lies less than a twentieth farther out.
  return { inside: (x, y) => radius(Math.atan2(y, x)) - Math.hypot(x, y), area, reach: 1.05 * Math.max(...radii) };
}

function ellipse(ratio: number): Radius {
  return (angle) => 1 / Math.hypot(Math.cos(angle), Math.sin(angle) / ratio);
}

function blob(random: Random): Radius {
  const waves = [2, 3, 4, 5].map((order) => ({ order, phase: random.between(0, 2 * Math.PI), height: random.between(0, 0.6 / order) }));
  return (angle) => waves.reduce((radius, { order, phase, height }) => radius + height * Math.cos(order * angle + phase), 1);
}

/** Corners at rising angles around the origin, joined by straight edges. */
function polygon(random: Random): Radius {
  const count = 4 + random.integer(4);
  const corners = Array.from({ length: count }, (_, index) => {
    const angle = ((index + random.between(-0.35, 0.35)) * 2 * Math.PI) / count - Math.PI;
    const distance = random.between(0.6, 1.2);
    return { angle, x: distance * Math.cos(angle), y: distance * Math.sin(angle) };
  });
  return (angle) => {
    const turn = (to: number): number => (((to - angle) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI);
    const next = corners.reduce((best, corner, index) => (turn(corner.angle) < turn(corners[best]!.angle) ? index : best), 0);
    const [a, b] = [corners[(next + count - 1) % count]!, corners[next]!];
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    const [ex, ey] = [b.x - a.x, b.y - a.y];
    return (a.x * ey - a.y * ex) / (dx * ey - dy * ex);
  };
}
