/**
 * For every stage of train-full, and for every stage inside its graphs, one change that takes it out or alters its wiring.
 * Each is a partial document that lies over the pipeline.
 */
export interface Change {
  /** Lies over the pipeline. */
  readonly document: object;
  /** What must differ: weights after five steps, a validation metric, or the files of the sheet. */
  readonly shows: 'weights' | 'metrics' | 'sheet';
}

const gone = { $delete: true };
const weights = (document: object): Change => ({ document, shows: 'weights' });
const live = (from: string): object => ({ $replace: true, from });
const detached = (from: string): object => ({ from, detach: true });

/** A loss without which the total does. */
function withoutLoss(stage: string, term: string): Change {
  return weights({ stages: { [stage]: gone, total: { in: { [term]: gone } } } });
}

/** A pair without which self-augmentation does. */
function withoutPair(stage: string, pair: string): Change {
  return weights({ stages: { [stage]: gone, 'self-augmentation': { in: { [pair]: gone } } } });
}

/** One input of one stage wired otherwise. */
function rewired(stage: string, port: string, to: unknown): Change {
  return weights({ stages: { [stage]: { in: { [port]: to } } } });
}

function inReconstruct(stages: object): Change {
  return weights({ graphs: { reconstruct: { stages } } });
}

/** Learning rates may name a refiner, so they go with it. */
function withoutRefiner(stages: object): Change {
  return weights({ graphs: { reconstruct: { stages } }, train: { learningRates: { $replace: true } } });
}

/** By stage; stages of graphs as `graph.stage`. */
export const stageChanges: Readonly<Record<string, Change>> = {
  'estimate.regress': weights({ graphs: { estimate: { stages: { regress: { trainable: false } } } } }),
  'estimate.second': weights({ graphs: { estimate: { stages: { second: { trainable: false } } } } }),
  'estimate.third': weights({ graphs: { estimate: { stages: { third: { trainable: false } } } } }),
  'estimate.fourth': weights({ graphs: { estimate: { stages: { fourth: { trainable: false } } } } }),
  'estimate.fifth': weights({ graphs: { estimate: { stages: { fifth: { trainable: false } } } } }),
  'reconstruct.decode': inReconstruct({ turn: { use: 'self-augment/rotate', in: { coefficients: '$in.coefficients' } }, decode: { in: { coefficients: 'turn.coefficients' } } }),
  'reconstruct.look': inReconstruct({ look: { with: { focal: 4.2 } } }),
  'reconstruct.blend': withoutRefiner({ look: gone, blend: gone, refine: { in: { albedo: 'decode.albedo' } }, fuse: { in: { albedo: 'decode.albedo' } } }),
  'reconstruct.refine': withoutRefiner({ refine: gone, fuse: { in: { mesh: gone } } }),
  'reconstruct.detail': withoutRefiner({ detail: gone, fuse: { in: { features: gone } } }),
  'reconstruct.fuse': inReconstruct({ fuse: { with: { mode: 'absolute' } } }),
  'reconstruct.render': inReconstruct({ render: { in: { albedo: detached('fuse.albedo') } } }),

  photo: weights({ stages: { photo: { with: { split: 'test' } } } }),
  align: weights({ stages: { align: { with: { roll: 'upright' } } } }),
  segment: weights({ stages: { photometric: { in: { mask: gone } }, 'pair-photo-rotated': { in: { mask: gone } }, 'pair-photo-occluded': { in: { mask: gone } } } }),
  fit: weights({ stages: { fit: { with: { rounds: 1 } } } }),

  seen: rewired('seen', 'mask', gone),
  first: rewired('first', 'coefficients', 'estimated.coefficients'),
  photometric: withoutLoss('photometric', 'photometric'),
  pasted: rewired('pasted', 'coverage', 'rotated.coverage'),
  shown: rewired('shown', 'image', 'rotated.image'),
  identity: withoutLoss('identity', 'identity'),
  attribute: withoutLoss('attribute', 'attribute'),

  rotate: weights({ stages: { rotate: gone, turned: { in: { coefficients: 'fit.coefficients' } }, 'rotated-again': { in: { coefficients: 'fit.coefficients' } }, 'consistent-rotated': { in: { target: 'fit.coefficients' } } } }),
  turned: weights({ stages: { turned: gone, rotated: { in: { vertices: 'first.vertices', light: 'first.light' } } } }),
  rotated: rewired('rotated', 'albedo', 'first.coarse'),
  occluded: weights({
    stages: {
      occluded: gone, 'occluder-found': gone, 'occluded-seen': { in: { image: 'pasted.image' } }, 'occluded-estimate': { in: { image: detached('pasted.image') } },
      'occluded-again': { in: { image: detached('pasted.image'), mask: detached('first.coverage') } }, 'pair-occluded': { in: { image: detached('pasted.image'), exclude: gone } }, sheet: { in: { occluded: gone } },
    },
  }),
  'occluder-found': rewired('occluded-again', 'mask', detached('first.coverage')),
  'rotated-seen': rewired('rotated-seen', 'image', 'first.image'),
  'occluded-seen': rewired('occluded-seen', 'mask', gone),
  robustified: withoutLoss('robustified', 'robustified'),

  'rotated-estimate': rewired('rotated-estimate', 'image', { $replace: true, from: 'align.image' }),
  'rotated-again': rewired('rotated-again', 'coefficients', 'rotated-estimate.coefficients'),
  'occluded-estimate': rewired('occluded-estimate', 'image', { $replace: true, from: 'align.image' }),
  'occluded-again': rewired('occluded-again', 'coefficients', 'occluded-estimate.coefficients'),

  'pair-rotated': withoutPair('pair-rotated', 'rotated'),
  'turned-back': rewired('turned-back', 'albedo', 'first.albedo'),
  'pair-photo-rotated': withoutPair('pair-photo-rotated', 'photoRotated'),
  'pair-occluded': withoutPair('pair-occluded', 'occluded'),
  'pair-photo-occluded': withoutPair('pair-photo-occluded', 'photoOccluded'),
  'self-augmentation': withoutLoss('self-augmentation', 'selfAugmentation'),

  estimated: rewired('estimated', 'image', detached('first.image')),
  'consistent-photo': withoutLoss('consistent-photo', 'consistentPhoto'),
  'consistent-rotated': withoutLoss('consistent-rotated', 'consistentRotated'),
  'consistent-occluded': withoutLoss('consistent-occluded', 'consistentOccluded'),
  total: weights({ stages: { total: { with: { weights: { photometric: 0.5 } } } } }),

  behind: { document: { stages: { behind: { in: { region: 'first.coverage' } } } }, shows: 'metrics' },
  coarse: { document: { stages: { coarse: { in: { albedo: 'rotated-again.albedo', vertices: 'rotated-again.vertices' } } } }, shows: 'sheet' },
  region: { document: { stages: { region: { in: { region: 'first.coverage' } } } }, shows: 'metrics' },
  sheet: { document: { stages: { sheet: { in: { coarse: gone } } } }, shows: 'sheet' },
};

/** The paper's live edges cut, and its detached edges made live. Masks carry no gradient, whether live or not. */
export const gradientChanges: Readonly<Record<string, Change>> = {
  'robustified without the gradient of I_rot': rewired('robustified', 'rotated', detached('rotated-seen.features')),
  'robustified without the gradient of I_occ': rewired('robustified', 'occluded', detached('occluded-seen.features')),
  'live I_rot into the regressor': rewired('rotated-estimate', 'image', live('rotated.image')),
  'live I_occ into the regressor': rewired('occluded-estimate', 'image', live('occluded.image')),
  'live identity of I_rot': rewired('rotated-again', 'identity', live('rotated-seen.identity')),
  'live attributes of I_rot': rewired('rotated-again', 'attributes', live('rotated-seen.attributes')),
  'live identity of I_occ': rewired('occluded-again', 'identity', live('occluded-seen.identity')),
  'live attributes of I_occ': rewired('occluded-again', 'attributes', live('occluded-seen.attributes')),
  'live I_rot at the vertices': rewired('rotated-again', 'image', live('rotated.image')),
  'live I_occ at the vertices': rewired('occluded-again', 'image', live('occluded.image')),
  'live I_rot as the target of its pair': rewired('pair-rotated', 'image', live('rotated.image')),
  'live I_occ as the target of its pair': rewired('pair-occluded', 'image', live('occluded.image')),
};
