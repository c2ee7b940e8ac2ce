/** For every option of every stage type in train-full, another valid value, as a partial document that lies over the pipeline. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface OptionChange {
  readonly document: object;
  /** What the comparison starts from, where the option alone would have no meaning. */
  readonly given?: object;
  /** What must differ: weights, a validation metric, the files of the sheet, or what the source gives. */
  readonly shows: 'weights' | 'metrics' | 'sheet' | 'samples';
}

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api')), '..', 'demo');
const inStage = (stage: string, options: object): object => ({ stages: { [stage]: { with: options } } });
const inGraph = (graph: string, stage: string, options: object): object => ({ graphs: { [graph]: { stages: { [stage]: { with: options } } } } });
const weights = (document: object, given?: object): OptionChange => ({ document, given, shows: 'weights' });
const samples = (document: object, given?: object): OptionChange => ({ document: inStage('photo', document), given: given && inStage('photo', given), shows: 'samples' });

function of(stage: string, options: Readonly<Record<string, unknown>>): Record<string, OptionChange> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, weights(inStage(stage, { [key]: value }))]));
}

function ofGraph(graph: string, stage: string, options: Readonly<Record<string, unknown>>): Record<string, OptionChange> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, weights(inGraph(graph, stage, { [key]: value }))]));
}

/** Sizes of pictures agree over the whole graph, so they change together. */
const size = weights({ profiles: { smallest: { params: { size: 48 } } } });
/** Landmarks are no part of a loss here: what shows them is their error against the detector's. */
const landmarkError = {
  stages: { nme: { use: 'evaluate/landmark-error', in: { landmarks: 'first.landmarks', reference: 'align.landmarks68', box: 'align.box' } } },
  validate: { metrics: ['nme.error'] },
};

/** By stage type and option. */
export const optionChanges: Readonly<Record<string, Readonly<Record<string, OptionChange>>>> = {
  'dataset/faces': {
    photos: samples({ photos: join(demo, 'sample1.jpg') }),
    split: samples({ split: 'test' }),
    testShare: samples({ testShare: 0.9 }, { photos: demo, split: 'test', limit: 0 }),
    faces: samples({ faces: 'all' }, { photos: join(demo, 'sample1.jpg'), split: 'all' }),
    limit: samples({ limit: 3 }),
    shuffle: samples({ shuffle: true }),
    maxMegapixels: samples({ maxMegapixels: 0.001 }),
  },
  'preprocess/align': {
    size,
    ...of('align', { roll: 'upright', threshold: 0.88 }),
    minConfidence: weights(inStage('align', { minConfidence: 0.9995 }), inStage('align', { fallback: 'refuse' })),
    maxDisagreement: weights(inStage('align', { maxDisagreement: 0.008 }), inStage('align', { fallback: 'refuse' })),
    // The fit refuses what was found by its box alone, unless it is not told.
    fallback: weights(inStage('align', { fallback: 'refuse' }), {
      stages: { align: { with: { maxDisagreement: 0.008 } }, fit: { in: { located: { $delete: true } } } },
    }),
  },
  'preprocess/segment': of('segment', { parser: 'colour', soft: true }),
  'coarse-3dmm/fit': of('fit', { landmarkNoise: 0.03, openingNoise: 0.1, rounds: 1, lightRounds: 1, colourNoise: 0.2 }),
  'coarse-3dmm/decode': { size: { document: inGraph('reconstruct', 'decode', { size: 80 }), given: landmarkError, shows: 'metrics' } },
  'coarse-3dmm/regress': ofGraph('estimate', 'regress', { backbone: 'small' }),
  'coarse-3dmm/cascade': ofGraph('estimate', 'second', { hidden: 5, openings: true, upToYaw: 0 }),
  'gcn-refiner/blend': ofGraph('reconstruct', 'blend', { terms: 2, widths: [4, 5, 4], pooled: false }),
  'gcn-refiner/refine': ofGraph('reconstruct', 'refine', { terms: 2, widths: [4, 5, 4], pooled: false }),
  'gcn-refiner/fuse': ofGraph('reconstruct', 'fuse', { mode: 'absolute' }),
  'faid/embed': of('shown', { identitySize: 130, attributeSize: 80, only: 'identity' }),
  'faid/decode': ofGraph('reconstruct', 'detail', { terms: 2, widths: [4, 5, 4], coarse: 7 }),
  'rasterizer/unproject': ofGraph('reconstruct', 'look', { focal: 4.2, cameraDistance: 9.5 }),
  'rasterizer/render': { size, ...of('turned-back', { focal: 4.2, cameraDistance: 9.5, silhouette: 'antialias' }) },
  'self-augment/rotate': {
    ...of('rotate', { yaw: 10, extremeShare: 1, pitch: 1, roll: 1, light: 'random' }),
    extremeYaw: weights(inStage('rotate', { extremeYaw: 60 }), inStage('rotate', { extremeShare: 1 })),
  },
  'self-augment/occlude': of('occluded', { size: 32, kinds: ['bar'], count: [3, 3], area: [0.2, 0.3], skinShare: 1 }),
  'self-augment/imperfect-mask': of('occluder-found', { found: 0, margin: 0, size: 16 }),
  'self-augment/compose': {},
  'losses/photometric': {},
  'losses/identity': of('identity', { centre: false }),
  'losses/attribute': of('attribute', { scale: false }),
  'losses/robustified': of('robustified', { centre: false, scale: false, identity: 0, attribute: 0, reduce: 'mean' }),
  'losses/self-augmentation': of('self-augmentation', { weights: { occluded: 0 } }),
  'losses/mesh-consistency': of('consistent-rotated', { shape: 0.06, albedo: 0.1, angles: 0.1, light: 0.2, translation: 0.06, depth: 0.6 }),
  'losses/total': of('total', { weights: { identity: 1 } }),
  'evaluate/image-quality': {},
  'export/sheet': {
    samples: { document: inStage('sheet', { samples: 1 }), given: { validate: { samples: 2 } }, shows: 'sheet' },
    scale: { document: inStage('sheet', { scale: 1 }), shows: 'sheet' },
    across: { document: inStage('sheet', { across: 2 }), given: { validate: { samples: 2 } }, shows: 'sheet' },
  },
};
