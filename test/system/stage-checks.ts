/** For every stage type that works inside the graph, what must hold between its inputs and outputs on photos of faces. */
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../framework/index.js';
import type { ObservedPipeline, PortSamples, StageValues } from './stage-values.js';

/** Throws when the values are not those of the stage type's function. */
export type Check = (values: StageValues, pipeline: ObservedPipeline) => void | Promise<void>;

export const tensorAt = (ports: PortSamples, port: string, index: number): HostTensor => ports[port]![index] as HostTensor;
export const dataAt = (ports: PortSamples, port: string, index: number): ArrayLike<number> => tensorAt(ports, port, index).data;
export const numberAt = (ports: PortSamples, port: string, index: number): number => dataAt(ports, port, index)[0]!;
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const dot = (one: ArrayLike<number>, other: ArrayLike<number>): number => Array.from(one).reduce((sum, value, index) => sum + value * other[index]!, 0);
const cosine = (one: ArrayLike<number>, other: ArrayLike<number>): number => dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
const distance = (one: ArrayLike<number>, other: ArrayLike<number>): number => Math.hypot(...Array.from(one, (value, index) => value - other[index]!));

export function near(got: number, wanted: number, tolerance = 1e-4): void {
  assert.ok(Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${got}, expected ${wanted}`);
}

/** The samples are different photos, so what is made of them differs. */
export function varies(ports: PortSamples, port: string): void {
  const [first, ...others] = ports[port] as readonly HostTensor[];
  for (const other of others) assert.ok(distance(first!.data, other.data) > 1e-4, `${port} is the same for two photos`);
}

/** Equality without the lengthy difference that a test prints of two arrays. */
export function same(one: ArrayLike<number>, other: ArrayLike<number>, what: string): void {
  assert.ok(one.length === other.length && Array.from(one).every((value, index) => Object.is(value, other[index]!)), `${what} is not the same`);
}

/** The check of every sample. */
export function each(check: (inputs: (port: string) => ArrayLike<number>, outputs: (port: string) => ArrayLike<number>, index: number, pipeline: ObservedPipeline) => void): Check {
  return ({ inputs, outputs }, pipeline) => pipeline.keys.forEach((_, index) =>
    check((port) => dataAt(inputs, port, index), (port) => dataAt(outputs, port, index), index, pipeline));
}

/** A stage with one number a sample: the number, from a plain formula. */
function number(port: string, formula: (inputs: (port: string) => ArrayLike<number>, pipeline: ObservedPipeline) => number): Check {
  return each((inputs, outputs, _index, pipeline) => {
    const [got, wanted] = [outputs(port)[0]!, formula(inputs, pipeline)];
    assert.ok(Math.abs(got - wanted) <= 1e-3 * Math.abs(wanted), `${got}, expected ${wanted}`);
  });
}

/** A stage with one number a pixel or vertex component: all of them, from a plain formula. */
function numbers(port: string, formula: (inputs: (port: string) => ArrayLike<number>, index: number) => number): Check {
  return each((inputs, outputs) => Array.from(outputs(port)).forEach((value, index) => near(value, formula(inputs, index))));
}

/** Mean squared difference of the colours over the pixels of a region. */
function meanSquare(one: ArrayLike<number>, other: ArrayLike<number>, region: ArrayLike<number>): number {
  const inside = Array.from(one).flatMap((value, index) => (region[Math.floor(index / 3)]! > 0.5 ? [(value - other[index]!) ** 2] : []));
  return meanOf(inside);
}

const groups: readonly (readonly [start: number, length: number, scale: number])[] = [
  [0, 80, 1], [80, 64, 1], [144, 80, 1], [224, 3, 0.1], [227, 27, 0.2], [254, 2, 0.1], [256, 1, 0.5],
];

export const lossChecks: Readonly<Record<string, Check>> = {
  'losses/segmentation': number('value', (inputs) => {
    const [logits, mask, weight] = ['logits', 'mask', 'weight'].map((port) => Array.from(inputs(port))) as [number[], number[], number[]];
    const sumOf = (term: (pixel: number) => number): number => weight.reduce((sum, w, pixel) => sum + w * term(pixel), 0);
    const answer = logits.map((x) => 1 / (1 + Math.exp(-x)));
    const entropy = sumOf((pixel) => -Math.log(mask[pixel]! > 0.5 ? answer[pixel]! : 1 - answer[pixel]!)) / sumOf(() => 1);
    return entropy + 1 - (2 * sumOf((pixel) => answer[pixel]! * mask[pixel]!) + 1) / (sumOf((pixel) => answer[pixel]! + mask[pixel]!) + 1);
  }),
  'losses/photometric': number('value', (inputs) => {
    const [image, render, mask, coverage] = ['image', 'render', 'mask', 'coverage'].map(inputs) as [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];
    let [sum, weight] = [0, 0];
    for (let pixel = 0; pixel < mask.length; pixel++) {
      const share = mask[pixel]! * coverage[pixel]!;
      sum += share * Math.hypot(...[0, 1, 2].map((channel) => image[3 * pixel + channel]! - render[3 * pixel + channel]!));
      weight += share;
    }
    return sum / weight;
  }),
  'losses/identity': number('value', (inputs) => 1 - cosine(inputs('identity'), inputs('render'))),
  'losses/attribute': number('value', (inputs) => distance(inputs('attributes'), inputs('render'))),
  'losses/robustified': number('value', (inputs) => {
    const [one, other] = [Array.from(inputs('features')), Array.from(inputs('occluded'))];
    return 1 - cosine(one.slice(0, 128), other.slice(0, 128)) + distance(one.slice(128), other.slice(128));
  }),
  'losses/self-augmentation': number('value', (inputs) => (inputs('one')[0]! + inputs('other')[0]!) / 2),
  'losses/coefficient-consistency': number('value', (inputs) => {
    const difference = Array.from(inputs('predicted'), (value, index) => value - inputs('target')[index]!);
    return groups.reduce((sum, [start, length, scale]) => sum + meanOf(difference.slice(start, start + length).map((value) => (value / scale) ** 2)), 0);
  }),
  'losses/mesh-consistency': number('value', (inputs, { resources }) => {
    const face = resources.get('face') as { readonly vertexCount: number } & Readonly<Record<string, ArrayLike<number>>>;
    const difference = Array.from(inputs('predicted'), (value, index) => value - inputs('target')[index]!);
    const bases = [['identityBasis', 0, 80, 0.03 ** 2], ['expressionBasis', 80, 64, 0.03 ** 2], ['albedoBasis', 144, 80, 3 * 0.05 ** 2]] as const;
    const modes = bases.reduce((sum, [name, start, count, scale]) =>
      Array.from(face[name]!).reduce((total, value, at) => total + (value * difference[start + (at % count)]!) ** 2 / (face.vertexCount * scale), sum), 0);
    const rest = ([[224, 3, 0.05], [227, 27, 0.1], [254, 2, 0.03], [256, 1, 0.3]] as const);
    return rest.reduce((sum, [start, count, scale]) => sum + meanOf(difference.slice(start, start + count).map((value) => (value / scale) ** 2)), modes);
  }),
  'losses/coefficient-prior': number('value', (inputs) => {
    const squares = Array.from(inputs('coefficients'), (value) => value ** 2);
    const sum = (start: number, end: number): number => squares.slice(start, end).reduce((total, value) => total + value, 0);
    return sum(0, 80) + 0.8 * sum(80, 144) + 0.017 * sum(144, 224);
  }),
  'losses/light-prior': number('value', (inputs) => {
    const light = Array.from(inputs('coefficients')).slice(227, 254);
    return meanOf(light.map((value, index) => (value - meanOf([0, 9, 18].map((channel) => light[channel + (index % 9)]!))) ** 2));
  }),
  'losses/landmark': number('value', (inputs) => {
    const weights = Array.from({ length: 68 }, (_, index) => ((index >= 28 && index <= 30) || index >= 60 ? 20 : 1));
    const [predicted, target] = [inputs('predicted'), inputs('target')];
    return meanOf(weights.map((weight, index) => weight * [0, 1].reduce((sum, axis) => sum + (predicted[2 * index + axis]! - target[2 * index + axis]!) ** 2, 0)));
  }),
  'losses/skin-variance': number('value', (inputs, { resources }) => {
    const { skinMask } = resources.get('face') as { readonly skinMask: ArrayLike<number> };
    const albedo = inputs('albedo');
    const skin = Array.from(skinMask).flatMap((value, vertex) => (value > 0 ? [vertex] : []));
    const mean = [0, 1, 2].map((channel) => meanOf(skin.map((vertex) => albedo[3 * vertex + channel]!)));
    return meanOf(skin.map((vertex) => mean.reduce((sum, value, channel) => sum + (albedo[3 * vertex + channel]! - value) ** 2, 0)));
  }),
  'losses/total': number('loss', (inputs) => 2 * inputs('photometric')[0]! + 0.5 * inputs('prior')[0]!),
};

export const evaluationChecks: Readonly<Record<string, Check>> = {
  'evaluate/image-quality': ({ inputs, outputs }, { keys }) => keys.forEach((_, index) => {
    const at = (port: string): ArrayLike<number> => dataAt(inputs, port, index);
    near(numberAt(outputs, 'psnr', index), -10 * Math.log10(meanSquare(at('image'), at('reference'), at('region'))), 1e-2);
    assert.ok(numberAt(outputs, 'ssim', index) > 0.05 && numberAt(outputs, 'ssim', index) < 1, 'ssim');
  }),
  'evaluate/score': each((inputs, outputs) => {
    const [reference, region, occluder] = ['reference', 'region', 'occluder'].map(inputs) as [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];
    for (const method of ['coarse', 'model']) {
      const psnrOver = (weightOf: (pixel: number) => number): number => {
        let [sum, weight] = [0, 0];
        for (let at = 0; at < reference.length; at++) {
          sum += weightOf(Math.floor(at / 3)) * (inputs(method)[at]! - reference[at]!) ** 2;
          weight += weightOf(Math.floor(at / 3));
        }
        return -10 * Math.log10(sum / weight);
      };
      near(outputs(method)[0]!, psnrOver((pixel) => region[pixel]!), 1e-3);
      near(outputs(method)[1]!, psnrOver((pixel) => region[pixel]! * (1 - occluder[pixel]!)), 1e-3);
      near(outputs(method)[2]!, psnrOver((pixel) => region[pixel]! * occluder[pixel]!), 1e-3);
    }
  }),
  'evaluate/tone': (values, pipeline) => {
    for (const port of ['albedo', 'shade']) varies(values.outputs, port);
    return each((inputs, outputs, _index, { resources }) => {
      const { skinMask } = resources.get('face') as { readonly skinMask: ArrayLike<number> };
      const skin = Array.from(skinMask).flatMap((value, vertex) => (value > 0 ? [vertex] : []));
      const luminance = meanOf(skin.map((vertex) => [0.2126, 0.7152, 0.0722].reduce((sum, share, channel) => sum + share * inputs('albedo')[3 * vertex + channel]!, 0)));
      // Skin that faces the camera is about as light as all of it; fitted light leaves shades about 1.
      assert.ok(Math.abs(outputs('albedo')[0]! - luminance) < 0.08, `${outputs('albedo')[0]}, ${luminance}`);
      const ambient = meanOf([0, 9, 18].map((band) => (0.8 + inputs('light')[band]!) * (Math.PI / Math.sqrt(4 * Math.PI))));
      assert.ok(Math.abs(outputs('shade')[0]! - ambient) < 0.5 * ambient && outputs('shade')[0]! > 0.3, `${outputs('shade')[0]}, ${ambient}`);
    })(values, pipeline);
  },
  'evaluate/regions': each((inputs, outputs) => Array.from(inputs('mask')).forEach((mask, index) => {
    near(outputs('whole')[index]!, mask);
    near(outputs('occluded')[index]!, mask * inputs('occluder')[index]!);
    near(outputs('visible')[index]!, mask * (1 - inputs('occluder')[index]!));
  })),
  'evaluate/judge': ({ outputs }, { stages, keys }) => {
    const other = stages.get('judge-shown')!.outputs;
    // The same photo through another mask is nearer than another person.
    keys.forEach((key, index) => keys.forEach((otherKey, otherIndex) => {
      if (index === otherIndex) return;
      const [same, different] = [index, otherIndex].map((each_) => cosine(dataAt(outputs, 'features', index), dataAt(other, 'features', each_)));
      assert.ok(same! > different!, `${key} is nearer to ${otherKey} than to itself`);
    }));
  },
  'evaluate/identity-similarity': number('similarity', (inputs) => cosine(inputs('features'), inputs('reference'))),
  'evaluate/landmark-error': number('error', (inputs) => {
    const [landmarks, reference, box] = [inputs('landmarks'), inputs('reference'), inputs('box')];
    const errors = Array.from({ length: 51 }, (_, index) => Math.hypot(...[0, 1].map((axis) => landmarks[2 * (index + 17) + axis]! - reference[2 * (index + 17) + axis]!)));
    return meanOf(errors) / Math.sqrt(box[2]! * box[3]!);
  }),
  'evaluate/to-photo': each((inputs, outputs) => {
    // Back through the transform they are the landmarks of the crop.
    const [photo, transform, crop] = [outputs('landmarks'), inputs('transform'), inputs('landmarks')];
    for (let index = 0; index < 136; index++) {
      const [pair, row] = [2 * Math.floor(index / 2), 3 * (index % 2)];
      near(transform[row]! * photo[pair]! + transform[row + 1]! * photo[pair + 1]! + transform[row + 2]!, crop[index]!, 1e-3);
    }
    near(outputs('five')[4]!, photo[60]!);
    near(outputs('five')[0]!, (photo[72]! + photo[78]!) / 2);
  }),
  'evaluate/nme': number('error', (inputs) => {
    const [landmarks, reference] = [inputs('landmarks'), inputs('reference')];
    const extent = (axis: number): number => {
      const values = Array.from(reference).filter((_, index) => index % 2 === axis);
      return Math.max(...values) - Math.min(...values);
    };
    const distances = Array.from({ length: 68 }, (_, point) => Math.hypot(landmarks[2 * point]! - reference[2 * point]!, landmarks[2 * point + 1]! - reference[2 * point + 1]!));
    return meanOf(distances) / Math.sqrt(extent(0) * extent(1));
  }),
  'evaluate/five-point-error': number('error', (inputs) => {
    const [points, reference] = [inputs('points'), inputs('reference')];
    const apart = (one: ArrayLike<number>, i: number, other: ArrayLike<number>, j: number): number => Math.hypot(one[2 * i]! - other[2 * j]!, one[2 * i + 1]! - other[2 * j + 1]!);
    return meanOf([0, 1, 2, 3, 4].map((point) => apart(points, point, reference, point))) / apart(reference, 0, reference, 1);
  }),
  'evaluate/mask-overlap': each((inputs, outputs) => {
    const [mask, reference, weight] = [inputs('mask'), inputs('reference'), inputs('weight')];
    let [both, either, wanted] = [0, 0, 0];
    Array.from(weight).forEach((w, pixel) => {
      const [m, r] = [mask[pixel]! > 0.5, reference[pixel]! > 0.5];
      [both, either, wanted] = [both + w * Number(m && r), either + w * Number(m || r), wanted + w * Number(r)];
    });
    near(outputs('iou')[0]!, both / either);
    near(outputs('recall')[0]!, both / wanted);
  }),
  'evaluate/show-mask': each((inputs, outputs) => Array.from(inputs('mask')).forEach((value, pixel) => [0, 1, 2].forEach((channel) => {
    const photo = inputs('image')[3 * pixel + channel]!;
    near(outputs('image')[3 * pixel + channel]!, value === 1 ? photo : 0.3 * photo + (channel === 2 ? 0.35 : 0));
  }))),
  'evaluate/occlude': each((inputs, outputs) => {
    const occluder = Array.from(outputs('occluder'));
    assert.ok(meanOf(occluder) > 0.02 && meanOf(occluder) < 0.8, 'share of the picture that is covered');
    const changed = occluder.map((_, pixel) => Math.max(...[0, 1, 2].map((channel) => Math.abs(outputs('image')[3 * pixel + channel]! - inputs('image')[3 * pixel + channel]!))));
    assert.ok(changed.every((value, pixel) => occluder[pixel]! > 0 || value < 1e-6), 'a visible pixel is another');
    assert.ok(meanOf(changed.filter((_, pixel) => occluder[pixel]! > 0.9)) > 0.05, 'the occluder cannot be seen');
  }),
};

const mixed = (share: number, one: number, other: number): number => share * one + (1 - share) * other;

export const augmentationChecks: Readonly<Record<string, Check>> = {
  'self-augment/rotate': each((inputs, outputs) => {
    const [before, after] = [Array.from(inputs('coefficients')), Array.from(outputs('coefficients'))];
    same([...after.slice(0, 224), ...after.slice(254)], [...before.slice(0, 224), ...before.slice(254)], 'what is neither pose nor light');
    assert.ok(distance(after.slice(224, 227), before.slice(224, 227)) > 0.02, 'the pose is the same');
  }),
  'self-augment/vary': each((inputs, outputs) => {
    const [before, after] = [Array.from(inputs('coefficients')), Array.from(outputs('coefficients'))];
    same(after.slice(224, 227), before.slice(224, 227), 'the pose');
    for (const [start, end, most] of [[0, 80, 1], [80, 144, 3], [144, 224, 1], [227, 254, 0.4], [254, 256, 0.2], [256, 257, 1.5]] as const) {
      const moved = distance(after.slice(start, end), before.slice(start, end)) / Math.sqrt(start === 227 ? 3 : end - start);
      assert.ok(moved > 1e-4 && moved < most, `coefficients ${start} to ${end} moved by ${moved}`);
    }
  }),
  'self-augment/mirror': each((inputs, outputs) => {
    const side = Math.sqrt(inputs('image').length / 3);
    Array.from(outputs('image')).forEach((value, at) => {
      const [pixel, channel] = [Math.floor(at / 3), at % 3];
      near(value, inputs('image')[3 * (Math.floor(pixel / side) * side + side - 1 - (pixel % side)) + channel]!);
    });
    const [before, after] = [inputs('coefficients'), outputs('coefficients')];
    near(after[224]!, before[224]!);
    for (const odd of [225, 226, 230, 254]) near(after[odd]!, -before[odd]!);
    assert.ok(Array.from({ length: 80 }, (_, mode) => after[mode]! * before[mode]!).some((product) => product < 0), 'no mode is antisymmetric');
  }),
  'self-augment/backdrop': each((inputs, outputs) => {
    const row = Math.sqrt(inputs('image').length * 3);
    Array.from(outputs('image')).forEach((value, at) => near(value, inputs('image')[inputs('image').length - row * (Math.floor(at / row) + 1) + (at % row)]!));
  }),
  'self-augment/degrade': each((inputs, outputs) => {
    const difference = meanOf(Array.from(outputs('image'), (value, at) => Math.abs(value - inputs('image')[at]!)));
    assert.ok(difference > 1e-3 && difference < 0.08, `the picture changes by ${difference}`);
  }),
  'self-augment/imperfect-mask': each((inputs, outputs) => {
    const [coverage, occluder, mask] = [inputs('coverage'), inputs('occluder'), Array.from(outputs('mask'))];
    mask.forEach((value, pixel) => assert.ok(value === coverage[pixel] || (value === 0 && occluder[pixel] === 1), 'the face is lost outside of the occluder'));
    assert.ok(mask.some((value, pixel) => value === 0 && coverage[pixel] === 1 && occluder[pixel] === 1), 'nothing of the occluder is found');
  }),
  'self-augment/occlude': each((inputs, outputs) => {
    const mask = Array.from(outputs('mask'));
    assert.ok(meanOf(mask) > 0.02 && meanOf(mask) < 0.6, 'share of the picture that is covered');
    const changed = Array.from(outputs('image'), (value, index) => Math.abs(value - inputs('image')[index]!));
    // The edge of an occluder is soft, the mask is not.
    const untouched = changed.filter((value, index) => mask[Math.floor(index / 3)] === 0 && value < 1e-6).length;
    assert.ok(untouched > 0.8 * mask.filter((value) => value === 0).length * 3, 'visible pixels are changed');
    assert.ok(meanOf(changed.filter((_, index) => mask[Math.floor(index / 3)]! > 0.9)) > 0.02, 'the occluder cannot be seen');
  }),
  'self-augment/compose': numbers('image', (inputs, index) => mixed(inputs('coverage')[Math.floor(index / 3)]!, inputs('render')[index]!, inputs('photo')[index]!)),
};
