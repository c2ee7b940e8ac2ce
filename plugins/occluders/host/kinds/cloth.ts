import { clothColour } from '../colours.js';
import { mix, opacityAt, put, type Colour, type Cover, type Scene } from '../cover.js';
import { fieldNoise } from '../field-noise.js';

/** A scarf or collar from below, a hat from above, or a headscarf all around: cloth with folds, knitted, striped or plain. */
export function cloth(scene: Scene): Cover {
  const { random, pixel } = scene;
  const shape = drawShape(scene);
  const [base, second] = [clothColour(random), clothColour(random)];
  const noise = fieldNoise(random.fork('folds'));
  const [pattern, pitch, turn] = [random.integer(4), random.between(30, 120), random.between(0, Math.PI)];
  const [cos, sin, folds] = [Math.cos(turn), Math.sin(turn), random.between(0.05, 0.3)];
  return (u, v, out) => {
    const x = cos * u + sin * v;
    const y = cos * v - sin * u;
    const weave = pattern === 1 ? Number(Math.sin(pitch * x) > 0.4) : pattern === 2 ? Number(Math.sin(0.4 * pitch * x) > 0.2) / 2 + Number(Math.sin(0.4 * pitch * y) > 0.2) / 2 : 0;
    const knit = pattern === 3 ? 0.12 * Math.sin(pitch * x + 2 * Math.sin(pitch * y)) : 0;
    const colour: Colour = mix(base, second, weave);
    put(out, colour, 1 + folds * noise(4 * u + 2 * v, 9 * v - 3 * u) + knit, opacityAt(shape(u, v), pixel));
  };
}

/** Signed distance to the cloth's border, negative inside. */
function drawShape({ random }: Scene): (u: number, v: number) => number {
  const [height, slope, bend] = [random.between(0.05, 0.45), random.between(-0.3, 0.3), random.between(-0.5, 0.3)];
  const [wave, phase, frequency] = [random.between(0, 0.04), random.between(0, 6), random.between(4, 12)];
  const ripple = (u: number): number => wave * Math.sin(frequency * u + phase);
  const draw = random.uniform();
  if (draw < 0.4) return (u, v) => height + slope * u + bend * u * u + ripple(u) - v;
  const brim = random.between(-0.5, -0.2);
  if (draw < 0.75) return (u, v) => v - brim - 0.5 * slope * u + 0.6 * Math.abs(bend) * u * u - ripple(u);
  const [width, tall, centre] = [random.between(0.3, 0.48), random.between(0.4, 0.58), random.between(-0.06, 0.06)];
  return (u, v) => (1 - Math.hypot((u - centre) / width, v / tall)) * width + ripple(3 * v);
}
