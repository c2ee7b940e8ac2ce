import { anyColour } from '../colours.js';
import { mix, opacityAt, put, type Colour, type Cover, type Scene } from '../cover.js';

/**
 * Glasses: two rims, a bridge and temples. Half of them have dark or mirrored lenses; lenses of the others are clear or slightly tinted,
 * and the face behind them counts as visible.
 */
export function glasses({ random, frame, pixel }: Scene): Cover {
  const dark = random.uniform() < 0.5;
  const rim: Colour = random.uniform() < 0.6 ? [0.05, 0.05, 0.06] : anyColour(random);
  const tint: Colour = dark && random.uniform() < 0.8 ? [random.between(0, 0.16), random.between(0, 0.14), random.between(0, 0.14)] : anyColour(random);
  const density = dark ? random.between(0.8, 1) : random.between(0, 0.22);
  const [squareness, ratio, radius] = [random.between(2, 6), random.between(0.6, 1.05), random.between(0.13, 0.24)];
  const thickness = dark && random.uniform() < 0.3 ? 0 : random.between(0.006, 0.03);
  const [sky, drop] = [random.uniform() < 0.6 ? random.between(0, 0.6) : 0, random.between(-0.01, 0.05)];
  const [middleX, middleY] = [(frame.eyes[0][0] + frame.eyes[1][0]) / 2, (frame.eyes[0][1] + frame.eyes[1][1]) / 2 + drop];
  const outward = random.between(0, 0.03);
  return (u, v, out) => {
    let lens = radius;
    for (const eye of frame.eyes) {
      const dx = u - eye[0] - (eye[0] > middleX ? outward : -outward);
      const dy = v - eye[1] - drop;
      // Far away only the sign of the distance matters.
      if (Math.abs(dx) > 1.5 * radius || Math.abs(dy) > 1.5 * radius) continue;
      const reach = (Math.abs(dx / radius) ** squareness + Math.abs(dy / (radius * ratio)) ** squareness) ** (1 / squareness);
      lens = Math.min(lens, (reach - 1) * radius * ratio);
    }
    const width = Math.max(thickness, 0.006);
    const bar = Math.max(Math.abs(v - middleY + 0.03) - width, Math.abs(u - middleX) - 0.52);
    const frameDistance = Math.min(Math.max(lens - width, -lens), Math.max(bar, -lens));
    const solid = opacityAt(frameDistance, pixel);
    const glass = density * opacityAt(lens, pixel);
    const shine = sky * Math.max(0, 1 - (v - middleY + radius * ratio) / (1.6 * radius * ratio));
    const glassColour: Colour = [tint[0] + 0.75 * shine, tint[1] + 0.9 * shine, tint[2] + shine];
    put(out, mix(glassColour, rim, solid), 1, Math.max(solid, glass));
  };
}
