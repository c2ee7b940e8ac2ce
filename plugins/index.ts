/** The plugins that ship with the package. A test checks that no folder is missing. */
import { plugin as coarse3dmm } from './coarse-3dmm/plugin.js';
import { plugin as dataset } from './dataset/plugin.js';
import { plugin as evaluate } from './evaluate/plugin.js';
import { plugin as exportFiles } from './export/plugin.js';
import { plugin as faid } from './faid/plugin.js';
import { plugin as gcnRefiner } from './gcn-refiner/plugin.js';
import { plugin as losses } from './losses/plugin.js';
import { plugin as occluders } from './occluders/plugin.js';
import { plugin as preprocess } from './preprocess/plugin.js';
import { plugin as rasterizer } from './rasterizer/plugin.js';
import { plugin as selfAugment } from './self-augment/plugin.js';
import { plugin as texture } from './texture/plugin.js';
import type { Plugin } from '../framework/index.js';

export const builtinPlugins: readonly Plugin[] = [
  coarse3dmm, dataset, evaluate, exportFiles, faid, gcnRefiner, losses, occluders, preprocess, rasterizer, selfAugment, texture,
];
