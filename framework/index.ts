/** The one door for plugins and users. Importing it loads no TensorFlow.js. */
export { Type, type Static, type TObject } from '@sinclair/typebox';
export * from './values/host-tensor.js';
export * from './values/bootstrap.js';
export * from './values/random.js';
export * from './values/initializers.js';
export * from './plugin/port-types.js';
export * from './plugin/stage-types.js';
export * from './plugin/define.js';
export * from './errors/flow-error.js';
export * from './errors/sample-error.js';
export { writeFileAtomic } from './run/disk.js';
export { readWhole } from './values/read-whole.js';
export { fileStamp } from './values/file-stamp.js';
export { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from './device/safetensors.js';
