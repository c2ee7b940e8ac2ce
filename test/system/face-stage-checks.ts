/** What must hold for the stages that find, describe, reconstruct and draw faces. */
import * as assert from 'uvu/assert';
import type { HostTensor } from '../../framework/index.js';
import type { FaceTruth } from '../../plugins/dataset/index.js';
import { dataAt, each, near, numberAt, same, tensorAt, varies, type Check } from './stage-checks.js';

type Numbers = ArrayLike<number>;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[], centre = mean(values)): number => Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
/** Mean of points of a list of (x, y). */
const middle = (points: Numbers, indices: readonly number[], axis: 0 | 1): number => mean(indices.map((index) => points[2 * index + axis]!));
const between = (value: number, low: number, high: number, what: string): void => assert.ok(value >= low && value <= high, `${what}: ${value}, not in ${low} … ${high}`);
const finite = (values: Numbers, what: string): void => assert.ok(Array.from(values).every(Number.isFinite), `${what} is not finite`);

const eyes = { left: [36, 37, 38, 39, 40, 41], right: [42, 43, 44, 45, 46, 47] } as const;
const mouth = [48, 54];

/** Angle of the line through the eyes in the picture, clockwise on the screen. */
function eyeLine(landmarks: Numbers): number {
  const run = middle(landmarks, eyes.right, 0) - middle(landmarks, eyes.left, 0);
  return Math.atan2(middle(landmarks, eyes.right, 1) - middle(landmarks, eyes.left, 1), run);
}

/** A cosine of what is left when the mean over the samples is taken away. */
function correlation(one: Numbers, other: Numbers): number {
  const [a, b] = [Array.from(one), Array.from(other)];
  const [meanA, meanB] = [mean(a), mean(b)];
  return mean(a.map((value, index) => (value - meanA) * (b[index]! - meanB))) / (deviation(a) * deviation(b) + 1e-12);
}

export const photoChecks: Readonly<Record<string, Check>> = {
  'dataset/faces': ({ outputs }, { keys }) => keys.forEach((key, index) => {
    const photo = tensorAt(outputs, 'photo', index);
    assert.is(outputs['name']![index], key);
    between(deviation(Array.from(photo.data).slice(0, 30000)), 5, 128, 'contrast of the photo');
    const [left, top, width, height] = (outputs['face']![index] as { readonly box: readonly [number, number, number, number] }).box;
    assert.ok(left >= 0 && top >= 0 && left + width <= photo.shape[1]! && top + height <= photo.shape[0]!, 'the face lies outside of the photo');
    if (index > 0) assert.not.equal([...photo.data.slice(0, 3000)], [...tensorAt(outputs, 'photo', 0).data.slice(0, 3000)], 'the same photo twice');
  }),
  'dataset/annotate': ({ inputs, outputs }, { keys }) => keys.forEach((_, index) => {
    const [image, drawn, points, mask] = [dataAt(inputs, 'image', index), dataAt(outputs, 'image', index), dataAt(inputs, 'landmarks68', index), dataAt(inputs, 'mask', index)];
    const size = tensorAt(inputs, 'image', index).shape[0]!;
    const dots = new Set(Array.from({ length: 68 }, (_point, point) => Math.floor(points[2 * point + 1]!) * size + Math.floor(points[2 * point]!)));
    for (const dot of dots) near(drawn[3 * dot + 1]!, 1);
    const shown = Array.from(mask).flatMap((value, pixel) => (value === 1 && !dots.has(pixel) ? [pixel] : []));
    for (const pixel of shown) near(drawn[3 * pixel]!, image[3 * pixel]!);
    const hidden = Array.from(mask).findIndex((value, pixel) => value === 0 && !dots.has(pixel) && image[3 * pixel]! > 0.2);
    assert.ok(hidden < 0 || drawn[3 * hidden]! < 0.5 * image[3 * hidden]!, 'the mask does not show');
  }),
  'dataset/landmarks5': ({ inputs, outputs }, { keys }) => keys.forEach((_, index) => {
    same(dataAt(outputs, 'points', index), (inputs.truth![index] as FaceTruth).landmarks5!, 'the five landmarks');
  }),
  'dataset/label': ({ inputs, outputs }, { keys }) => keys.forEach((_, index) => {
    assert.is(outputs.label![index], (inputs.truth![index] as FaceTruth).labels.ethnicity);
    assert.is(outputs.label![index], `group${index + 1}`);
  }),
  'dataset/landmarks68': ({ inputs, outputs }, { keys }) => keys.forEach((_, index) => {
    const truth = inputs.truth![index] as FaceTruth;
    same(dataAt(outputs, 'landmarks', index), truth.landmarks68!, 'the 68 landmarks');
    near(numberAt(outputs, 'yaw', index), truth.pose![1]);
  }),
  'preprocess/align': ({ outputs }, { keys }) => {
    varies(outputs, 'image');
    keys.forEach((_, index) => {
      const [image, landmarks] = [tensorAt(outputs, 'image', index), dataAt(outputs, 'landmarks68', index)];
      const size = image.shape[0]!;
      between(deviation(Array.from(image.data)), 0.05, 0.5, 'contrast of the crop');
      between((middle(landmarks, eyes.right, 0) - middle(landmarks, eyes.left, 0)) / size, 0.15, 0.5, 'distance of the eyes');
      between((middle(landmarks, mouth, 1) - middle(landmarks, [...eyes.left, ...eyes.right], 1)) / size, 0.15, 0.5, 'eyes to mouth');
      // Deep3D's alignment: the middle of eyes, nose and mouth lies near the middle of the crop.
      between(middle(landmarks, [...eyes.left, ...eyes.right, 30, ...mouth], 0) / size, 0.4, 0.6, 'middle of the face');
    });
  },
  'preprocess/segment': ({ inputs, outputs }, { keys }) => {
    varies(outputs, 'mask');
    keys.forEach((_, index) => {
      const [mask, landmarks] = [tensorAt(outputs, 'mask', index), Array.from(dataAt(inputs, 'landmarks', index))];
      const size = mask.shape[0]!;
      between(mean(Array.from(mask.data)), 0.1, 0.6, 'share of skin');
      const [columns, rows] = [0, 1].map((axis) => landmarks.filter((_value, each_) => each_ % 2 === axis)) as [number[], number[]];
      const outside = Array.from(mask.data).filter((value, pixel) => value > 0 && !(within(pixel % size, columns) && within(Math.floor(pixel / size), rows)));
      assert.is(outside.length, 0, `${outside.length} pixels of skin outside of the landmarks`);
    });
  },
};

const within = (value: number, range: readonly number[]): boolean => value >= Math.min(...range) - 2 && value <= Math.max(...range) + 2;

export const parserChecks: Readonly<Record<string, Check>> = {
  'preprocess/parse': ({ outputs }, { keys }) => {
    varies(outputs, 'logits');
    keys.forEach((_, index) => {
      const [logits, mask] = [dataAt(outputs, 'logits', index), dataAt(outputs, 'mask', index)];
      Array.from(mask).forEach((value, pixel) => near(value, 1 / (1 + Math.exp(-logits[pixel]!))));
      between(deviation(Array.from(logits)), 1e-4, 100, 'contrast of the logits');
    });
  },
  'occluders/truth': each((inputs, outputs) => {
    const [skin, mask, weight] = [inputs('skin'), outputs('mask'), outputs('weight')];
    Array.from(mask).forEach((value, pixel) => assert.ok(value === 0 || (skin[pixel]! > 0.8 && weight[pixel] === 1), 'skin that is not certain'));
    between(mean(Array.from(mask)), 0.1, 0.6, 'share of certain skin');
    between(Array.from(weight).filter((value) => value === 0).length / weight.length, 0.01, 0.4, 'share that is not certain');
    assert.ok(Array.from(weight).some((value, pixel) => value > 0 && mask[pixel] === 0), 'nothing is certain not to be skin');
  }),
  'occluders/cover': each((inputs, outputs) => {
    const [mask, weight, cover] = ['mask', 'weight', 'cover'].map((port) => Array.from(outputs(port))) as [number[], number[], number[]];
    between(mean(cover), 0.002, 0.6, 'share of the picture that is covered');
    cover.forEach((value, pixel) => {
      if (value === 1) assert.equal([mask[pixel], weight[pixel]], [0, 1], 'a covered pixel is not known to be covered');
      else if (weight[pixel] === 1 && mask[pixel] === 1) assert.is(inputs('mask')[pixel], 1, 'skin where none was');
    });
    const changed = cover.map((_, pixel) => Math.abs(outputs('image')[3 * pixel]! - inputs('image')[3 * pixel]!));
    assert.ok(mean(changed.filter((_, pixel) => cover[pixel] === 1)) > 0.02, 'the cover cannot be seen');
  }),
};

export const modelChecks: Readonly<Record<string, Check>> = {
  'coarse-3dmm/examples': ({ outputs }, { keys }) => {
    assert.equal(keys.length, 12, 'three of each group, three people');
    const of = (key: string): number[] => Array.from(dataAt(outputs, 'coefficients', keys.indexOf(key)));
    for (const [group, first] of [['identity', 0], ['expression', 80], ['albedo', 144]] as const) {
      for (const [end, wanted] of [['mean', 0], ['1-minus', -3], ['1-plus', 3]] as const) {
        const shape = of(`${group}-${end}`).slice(0, 224);
        near(shape[first]!, wanted);
        assert.is(shape.filter((value) => value !== 0).length, wanted === 0 ? 0 : 1, `${group}-${end}`);
      }
    }
    const [one, other] = [of('person-1'), of('person-2')];
    between(deviation(one.slice(0, 80)), 0.7, 1.3, 'spread of identity, σ');
    between(deviation(one.slice(80, 144)), 0.3, 0.7, 'spread of expression, σ');
    assert.ok(one.some((value, index) => value !== other[index]), 'two people are one');
    assert.ok(one.slice(227, 254).some((value) => value !== 0), 'no light');
  },
  'coarse-3dmm/fit': ({ outputs }, { keys, stages }) => {
    varies(outputs, 'coefficients');
    keys.forEach((_, index) => {
      const coefficients = Array.from(dataAt(outputs, 'coefficients', index));
      const landmarks = dataAt(stages.get('align')!.outputs, 'landmarks68', index);
      // y points up in the world and down in the picture.
      near(coefficients[226]!, -eyeLine(landmarks), 0.15);
      between(Math.hypot(...coefficients.slice(0, 80)), 0.5, 30, 'identity, σ');
      between(dataAt(outputs, 'residual', index)[0]!, 1e-4, 0.05, 'residual');
    });
  },
  'coarse-3dmm/regress': ({ outputs }, { keys }) => {
    varies(outputs, 'coefficients');
    keys.forEach((_, index) => {
      // The heads start at zero and were moved a little, so coefficients are small, of both signs, and not equal.
      const coefficients = Array.from(dataAt(outputs, 'coefficients', index));
      between(deviation(coefficients), 1e-4, 0.2, 'spread of the coefficients');
      between(coefficients.filter((value) => value > 0).length, 50, 207, 'positive coefficients');
    });
  },
  'coarse-3dmm/cascade': ({ inputs, outputs }, { keys }) => {
    varies(outputs, 'coefficients');
    keys.forEach((_, index) => {
      const before = dataAt(inputs, 'coefficients', index);
      const moved = Array.from(dataAt(outputs, 'coefficients', index), (value, at) => value - before[at]!);
      // Starts as no correction at all, and was moved a little.
      between(deviation(moved), 1e-6, 0.2, 'correction of the coefficients');
    });
  },
  'coarse-3dmm/decode': ({ inputs, outputs }, { keys, stages }) => {
    varies(outputs, 'vertices');
    keys.forEach((_, index) => {
      const [predicted, detected] = [dataAt(outputs, 'landmarks', index), dataAt(stages.get('align')!.outputs, 'landmarks68', index)];
      const errors = Array.from({ length: 68 }, (_value, point) => Math.hypot(predicted[2 * point]! - detected[2 * point]!, predicted[2 * point + 1]! - detected[2 * point + 1]!));
      between(mean(errors), 0, 2.5, 'landmarks against the detector, px');
      same(dataAt(outputs, 'light', index), Array.from(dataAt(inputs, 'coefficients', index)).slice(227, 254), 'light');
      const albedo = Array.from(dataAt(outputs, 'albedo', index));
      between(mean(albedo), 0.1, 0.9, 'albedo');
      assert.ok(mean(albedo.filter((_value, each_) => each_ % 3 === 0)) > mean(albedo.filter((_value, each_) => each_ % 3 === 2)), 'skin is not redder than blue');
    });
  },
  'coarse-3dmm/landmarks': ({ outputs }, { keys, stages }) => {
    varies(outputs, 'landmarks');
    keys.forEach((_, index) => {
      const [predicted, detected] = [dataAt(outputs, 'landmarks', index), dataAt(stages.get('align')!.outputs, 'landmarks68', index)];
      between(mean(Array.from(predicted, (value, at) => Math.abs(value - detected[at]!))), 0, 1.8, 'landmarks against the detector, px');
    });
  },
  'rasterizer/unproject': ({ outputs }, { keys, stages }) => {
    varies(outputs, 'albedo');
    keys.forEach((_, index) => {
      const [seen, visible] = [dataAt(outputs, 'albedo', index), Array.from(dataAt(outputs, 'visible', index))];
      const coarse = dataAt(stages.get('first/decode')!.outputs, 'albedo', index);
      between(mean(visible), 0.15, 0.9, 'share of the vertices that the photo shows');
      const green = visible.flatMap((share, v) => (share > 0.9 ? [[seen[3 * v + 1]!, coarse[3 * v + 1]!] as const] : []));
      between(correlation(green.map(([one]) => one), green.map(([, other]) => other)), 0.2, 1, 'correlation with the fitted albedo');
    });
  },
  'gcn-refiner/blend': each((inputs, outputs) => {
    const [sources, visible, albedo] = [outputs('sources'), inputs('visible'), outputs('albedo')];
    Array.from(visible).forEach((share, v) => {
      near(sources[3 * v]! + sources[3 * v + 1]! + sources[3 * v + 2]!, 1);
      if (share === 0) assert.is(sources[3 * v + 1], 0);
    });
    between(mean(Array.from(albedo, (value, at) => Math.abs(value - inputs('albedo')[at]!))), 0.005, 0.3, 'distance from the coarse albedo');
  }),
  'gcn-refiner/refine': ({ inputs, outputs }, { keys }) => {
    varies(outputs, 'residual');
    keys.forEach((_, index) => {
      const residual = Array.from(dataAt(outputs, 'residual', index));
      finite(residual, 'residual');
      between(deviation(residual), 1e-4, 0.2, 'spread of what is added');
      between(mean(residual.map((value, each_) => Math.abs(value - dataAt(inputs, 'albedo', index)[each_]!))), 0.1, 2, 'distance from the coarse albedo');
    });
  },
  'gcn-refiner/constant': ({ outputs }, { keys }) => keys.forEach((_, index) => {
    const residual = Array.from(dataAt(outputs, 'residual', index));
    between(deviation(residual), 1e-4, 0.2, 'spread of what is added');
    same(residual, dataAt(outputs, 'residual', 0), 'what is added to each face');
  }),
  'gcn-refiner/fuse': each((inputs, outputs) => Array.from(outputs('albedo')).forEach((value, index) =>
    near(value, inputs('albedo')[index]! + (inputs('mesh')[index]! + inputs('features')[index]!) / 2))),
  'rasterizer/render': ({ outputs }, { keys, stages }) => {
    varies(outputs, 'image');
    keys.forEach((_, index) => {
      const [image, coverage] = [dataAt(outputs, 'image', index), Array.from(dataAt(outputs, 'coverage', index))];
      const [photo, mask] = [dataAt(stages.get('align')!.outputs, 'image', index), dataAt(stages.get('segment')!.outputs, 'mask', index)];
      between(mean(coverage), 0.2, 0.8, 'share of the picture that the face covers');
      assert.ok(coverage.every((value, pixel) => value > 0 || image[3 * pixel] === 0), 'something is drawn beside the face');
      const green = coverage.flatMap((value, pixel) => (value > 0.99 && mask[pixel]! > 0.5 ? [pixel] : [])).map((pixel) => [image[3 * pixel + 1]!, photo[3 * pixel + 1]!] as const);
      between(correlation(green.map(([drawn]) => drawn), green.map(([, seen]) => seen)), 0.3, 1, 'correlation with the photo');
    });
  },
  'faid/embed': ({ outputs }, { keys, stages }) => {
    varies(outputs, 'features');
    const painted = stages.get('shown')!.outputs;
    keys.forEach((key, index) => keys.forEach((otherKey, other) => {
      if (index === other) return;
      const to = (sample: number): number => Math.hypot(...Array.from(dataAt(outputs, 'identity', index), (value, each_) => value - dataAt(painted, 'identity', sample)[each_]!));
      assert.ok(to(index) < to(other), `${key} is nearer to ${otherKey} than to its own reconstruction`);
      same(Array.from(dataAt(outputs, 'features', index)).slice(0, 128), dataAt(outputs, 'identity', index), 'the beginning of the features');
    }));
  },
  'faid/decode': ({ outputs }, { keys }) => {
    varies(outputs, 'residual');
    keys.forEach((_, index) => {
      const residual = tensorAt(outputs, 'residual', index) as HostTensor;
      finite(residual.data, 'residual');
      between(deviation(Array.from(residual.data)), 1e-4, 1, 'spread of what is added');
    });
  },
};
