import { EngineAbsent, type EngineDriver } from './driver.js';

/** libtensorflow through tfjs-node-gpu: no driver is built in yet, so the engine reports itself absent. */
export const tensorflowDriver: EngineDriver = {
  name: 'tensorflow',
  activate: () => Promise.reject(new EngineAbsent(
    'this version has no driver for libtensorflow (tfjs-node-gpu)',
    'use `device: wasm`',
  )),
};
