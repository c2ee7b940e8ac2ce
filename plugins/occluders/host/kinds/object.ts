import { anyColour, anySkin } from '../colours.js';
import { mix, opacityAt, put, type Colour, type Cover, type Scene } from '../cover.js';
import { fieldNoise } from '../field-noise.js';

/** Anything held before a face: a rounded shape (from ball to box) at any angle, plain, striped or mottled, sometimes with a handle, one in three in a skin tone. */
export function object({ random, pixel }: Scene): Cover {
  const base: Colour = random.uniform() < 0.35 ? anySkin(random) : anyColour(random);
  const second = anyColour(random);
  const [width, height] = [random.between(0.07, 0.4), random.between(0.07, 0.4)];
  const [squareness, turn] = [random.between(1.6, 8), random.between(0, Math.PI)];
  const goal = [random.between(-0.4, 0.4), random.between(-0.45, 0.5)] as const;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [pattern, pitch, roundness] = [random.integer(3), random.between(15, 70), random.between(0, 0.4)];
  const [noise, wobble] = [fieldNoise(random), random.uniform() < 0.5 ? random.between(0, 0.3) : 0];
  const handle = random.uniform() < 0.3 ? random.between(0.02, 0.06) : 0;
  const shade = [random.between(-0.5, 0.5), random.between(-0.5, 0.5)] as const;
  return (u, v, out) => {
    const dx = u - goal[0];
    const dy = v - goal[1];
    const x = (cos * dx + sin * dy) / width;
    const y = (cos * dy - sin * dx) / height;
    const reach = (Math.abs(x) ** squareness + Math.abs(y) ** squareness) ** (1 / squareness) + wobble * noise(3 * u + 20, 3 * v);
    const body = (reach - 1) * Math.min(width, height);
    const stick = handle > 0 ? Math.max(Math.abs(x * width) - handle, -y * height) : Infinity;
    const stripes = pattern === 1 ? Number(Math.sin(pitch * x * width) > 0.2) : pattern === 2 ? 0.5 + 0.5 * noise(pitch * 0.2 * u, pitch * 0.2 * v) : 0;
    const light = 1 + shade[0] * dx + shade[1] * dy - roundness * Math.min(1, reach) ** 3 + 0.04 * noise(40 * u, 40 * v);
    put(out, mix(base, second, stripes), light, opacityAt(Math.min(body, stick), pixel));
  };
}
