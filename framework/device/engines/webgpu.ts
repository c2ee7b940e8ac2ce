import { EngineAbsent, type EngineDriver } from './driver.js';

/** Dawn through the npm package `webgpu`: no driver is built in yet, so the engine reports itself absent. */
export const webgpuDriver: EngineDriver = {
  name: 'webgpu',
  activate: () => Promise.reject(new EngineAbsent('this version has no driver for WebGPU', 'use `device: wasm`')),
};
