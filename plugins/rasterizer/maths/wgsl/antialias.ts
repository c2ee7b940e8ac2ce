/** `host/antialias.ts` for GPUs: a pixel looks at the four pairs that it belongs to. */
import type { WgslCall, WgslForm, WgslProgram } from '../../../../framework/device/index.js';
import type { Camera } from '../../host/camera.js';

interface View {
  readonly size: number;
  readonly camera: Camera;
}

const crossings = `
  // The outline between a pixel and the next along an axis: both ends relative to the centre, along the axis and across it, and t.
  struct Crossing { found: bool, ends: vec2<i32>, first: vec2<f32>, second: vec2<f32>, t: f32 }
  fn screen(image: i32, vertex: i32) -> vec2<f32> {
    let at = (image * u.vertexCount + vertex) * 3;
    return 0.5 * f32(u.size) + vec2<f32>(u.focal * vertices[at], -u.focal * vertices[at + 1]) / (u.distance - vertices[at + 2]);
  }
  fn crossingAt(pixel: i32, axis: i32) -> Crossing {
    let at = pixel * 4 + axis * 2;
    let ends = vec2<i32>(edges[at], edges[at + 1]);
    if (ends.x < 0) { return Crossing(false, ends, vec2<f32>(), vec2<f32>(), 0.0); }
    let image = pixel / (u.size * u.size);
    let centre = vec2<f32>(f32(pixel % u.size), f32((pixel / u.size) % u.size)) + 0.5;
    var first = screen(image, ends.x) - centre;
    var second = screen(image, ends.y) - centre;
    if (axis == 1) { first = first.yx; second = second.yx; }
    let t = (first.x * second.y - second.x * first.y) / (second.y - first.y);
    return Crossing(true, ends, first, second, clamp(t, 0.0, 1.0));
  }`;

/** Runs `body` for the pairs of `pixel` with an outline: `p`, `q`, `amount` and `written`. */
const forEachPair = (body: string): string => `
  let place = vec2<i32>(pixel % u.size, (pixel / u.size) % u.size);
  for (var pair = 0; pair < 4; pair++) {
    let axis = pair % 2;
    let before = pair / 2;
    if (place[axis] - before < 0) { continue; }
    let step = select(u.size, 1, axis == 0);
    let p = pixel - before * step;
    let crossing = crossingAt(p, axis);
    if (!crossing.found) { continue; }
    let q = p + step;
    let amount = 0.5 - crossing.t;
    let written = select(q, p, amount > 0.0);
    ${body}
  }`;

function common({ inputs: [image, vertices], attributes: { size, camera } }: WgslCall<View>): Pick<WgslProgram, 'integers' | 'numbers'> {
  return {
    integers: { vertexCount: vertices!.shape[1]!, size, channels: image!.shape[3]! },
    numbers: { focal: camera.focal * size, distance: camera.distance },
  };
}

export const antialiasWgsl: WgslForm<View> = (call) => {
  const { size } = call.attributes;
  return {
    ...common(call),
    results: ['result'],
    passes: [{
      count: call.inputs[0]!.shape[0]! * size * size,
      code: `${crossings}
      fn run(pixel: i32) {
        for (var channel = 0; channel < u.channels; channel++) { result[pixel * u.channels + channel] = image[pixel * u.channels + channel]; }
        ${forEachPair(`
          if (written != pixel) { continue; }
          for (var channel = 0; channel < u.channels; channel++) {
            result[pixel * u.channels + channel] += amount * (image[q * u.channels + channel] - image[p * u.channels + channel]);
          }`)}
      }`,
    }],
  };
};

export const antialiasGradientWgsl: WgslForm<View> = (call) => {
  const { size } = call.attributes;
  const [batch, vertexCount] = call.inputs[1]!.shape as [number, number];
  return {
    ...common(call),
    results: ['toImage', 'toVertices'],
    scratch: { sums: { type: 'atomic<u32>', size: batch * vertexCount * 3 } },
    passes: [
      {
        count: batch * size * size,
        code: `${crossings}
        fn run(pixel: i32) {
          for (var channel = 0; channel < u.channels; channel++) { toImage[pixel * u.channels + channel] = dy[pixel * u.channels + channel]; }
          ${forEachPair(`
            let share = select(amount, -amount, pixel == p);
            for (var channel = 0; channel < u.channels; channel++) {
              toImage[pixel * u.channels + channel] += share * dy[written * u.channels + channel];
            }`)}
        }`,
      },
      { count: batch * size * size * 2, code: crossings + toEnds },
      { count: batch * vertexCount * 3, code: 'fn run(index: i32) { toVertices[index] = bitcast<f32>(atomicLoad(&sums[index])); }' },
    ],
  };
};

/** Where three or more outlines meet in a vertex, the order of their addition may differ from run to run. */
const toEnds = `
  fn add(at: i32, value: f32) {
    var before = atomicLoad(&sums[at]);
    loop {
      let tried = atomicCompareExchangeWeak(&sums[at], before, bitcast<u32>(bitcast<f32>(before) + value));
      if (tried.exchanged) { break; }
      before = tried.old_value;
    }
  }
  fn addScreen(image: i32, vertex: i32, axis: i32, slope: vec2<f32>) {
    let at = (image * u.vertexCount + vertex) * 3;
    let inverse = 1.0 / (u.distance - vertices[at + 2]);
    let byPlace = select(slope.yx, slope, axis == 0) * vec2<f32>(u.focal, -u.focal) * inverse;
    add(at, byPlace.x);
    add(at + 1, byPlace.y);
    add(at + 2, inverse * (vertices[at] * byPlace.x + vertices[at + 1] * byPlace.y));
  }
  fn run(index: i32) {
    let axis = index % 2;
    let p = index / 2;
    let crossing = crossingAt(p, axis);
    if (!crossing.found) { return; }
    let q = p + select(u.size, 1, axis == 0);
    let written = select(q, p, crossing.t < 0.5);
    var slope = 0.0;
    for (var channel = 0; channel < u.channels; channel++) {
      slope -= dy[written * u.channels + channel] * (image[q * u.channels + channel] - image[p * u.channels + channel]);
    }
    let span = crossing.second.y - crossing.first.y;
    let tilt = slope * (crossing.first.x - crossing.second.x) / (span * span);
    let picture = p / (u.size * u.size);
    addScreen(picture, crossing.ends.x, axis, vec2<f32>(slope * crossing.second.y / span, tilt * crossing.second.y));
    addScreen(picture, crossing.ends.y, axis, vec2<f32>(-slope * crossing.first.y / span, -tilt * crossing.first.y));
  }`;
