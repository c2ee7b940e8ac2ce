import { hairColour } from '../colours.js';
import { clamp, put, type Cover, type Scene } from '../cover.js';
import { fieldNoise } from '../field-noise.js';

/** Hair from above or from the sides: a fringe, curtains, or single strands, drawn out along its flow. */
export function hair(scene: Scene): Cover {
  const { random } = scene;
  const draw = random.uniform();
  return draw < 0.5 ? fringe(scene) : draw < 0.8 ? curtain(scene) : strands(scene);
}

/** The shading of hair along direction (x across, y along): fine strands and a band of shine. */
function makeShading({ random }: Scene): (across: number, along: number) => number {
  const [fine, coarse] = [fieldNoise(random.fork('fine')), fieldNoise(random.fork('coarse'))];
  const [contrast, density, curl] = [random.between(0.1, 0.45), random.between(25, 70), random.between(0, 0.5)];
  const [shine, place] = [random.between(0, 0.4), random.between(-0.6, 0.4)];
  return (across, along) => {
    const bent = across + 0.02 * curl * Math.sin(14 * along + 4 * coarse(5 * across, 3 * along));
    const band = shine * Math.exp(-(((along - place) / 0.12) ** 2));
    return 1 + contrast * fine(density * bent, 2.5 * along) + 0.5 * contrast * coarse(9 * bent, 2 * along) + band;
  };
}

function fringe(scene: Scene): Cover {
  const { random, skin, pixel } = scene;
  const colour = hairColour(random, skin);
  const shading = makeShading(scene);
  const noise = fieldNoise(random.fork('border'));
  const [height, slope, bend] = [random.between(-0.48, -0.08), random.between(-0.7, 0.7), random.between(-0.9, 0.9)];
  const [parting, gap] = [random.between(-0.3, 0.3), random.uniform() < 0.35 ? random.between(0.1, 0.5) : 0];
  const [jag, teeth, lean, soft] = [random.between(0.01, 0.09), random.between(8, 40), random.between(-0.5, 0.5), random.between(1, 5)];
  return (u, v, out) => {
    const across = u - lean * v;
    const border = height + slope * u * 0.4 + bend * u * u - gap * Math.max(0, 1 - Math.abs(u - parting) / 0.25) + jag * noise(teeth * across, 3);
    put(out, colour, shading(across, v), clamp(0.5 + (border - v) / (soft * pixel)));
  };
}

/** Long hair down one side or both. */
function curtain(scene: Scene): Cover {
  const { random, skin, pixel } = scene;
  const colour = hairColour(random, skin);
  const shading = makeShading(scene);
  const noise = fieldNoise(random.fork('border'));
  const sides = ([-1, 1] as const).map((side) => ({ side, inner: random.uniform() < 0.7 ? random.between(0.12, 0.42) : 9 }));
  if (sides.every(({ inner }) => inner > 1)) sides[0] = { side: -1, inner: random.between(0.1, 0.35) };
  const [crown, wave, phase, jag] = [random.between(-0.6, -0.3), random.between(0, 0.07), random.between(0, 6), random.between(0.005, 0.04)];
  const end = random.between(0.2, 1.2);
  return (u, v, out) => {
    const ragged = jag * noise(4, 14 * v) + wave * Math.sin(7 * v + phase);
    let distance = v - crown - jag * noise(20 * u, 9);
    for (const { side, inner } of sides) distance = Math.min(distance, Math.max(inner + 0.35 * Math.max(0, -v - 0.35) * -1 + ragged - side * u, v - end));
    put(out, colour, shading(u, v), clamp(0.5 - distance / (2 * pixel)));
  };
}

/** A few thin locks that fall over the face. */
function strands(scene: Scene): Cover {
  const { random, skin, pixel } = scene;
  const colour = hairColour(random, skin);
  const shading = makeShading(scene);
  const locks = Array.from({ length: 2 + random.integer(6) }, () => ({
    from: random.between(-0.5, 0.5), lean: random.between(-0.6, 0.6), bend: random.between(-0.5, 0.5), end: random.between(-0.3, 0.6), width: random.between(0.01, 0.06),
  }));
  return (u, v, out) => {
    let distance = Infinity;
    for (const { from, lean, bend, end, width } of locks) {
      const down = v + 0.6;
      const left = (end - v) / (end + 0.6);
      distance = Math.min(distance, Math.max(Math.abs(u - from - lean * down - bend * down * down) - width * Math.max(0, Math.min(1, 2 * left)), v - end));
    }
    put(out, colour, shading(u, v), clamp(0.5 - distance / (1.5 * pixel)));
  };
}
