import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { tf } from '../tf.js';
import { EngineAbsent, type EngineDriver } from './driver.js';

/** A WebAssembly memory ends at 4 GiB; a part of it goes to packed filters and gaps between tensors. */
const memoryLimit = 3.25 * 2 ** 30;

/** XNNPACK compiled to WebAssembly: one thread in Node, 128-bit SIMD. The engine that every machine has. */
export const wasmDriver: EngineDriver = {
  name: 'wasm',
  async activate() {
    if (tf.findBackend('wasm') === null && tf.findBackendFactory('wasm') === null) await loadBackend();
    if (!(await tf.setBackend('wasm'))) {
      throw new EngineAbsent('the WebAssembly backend did not start', 'run `npm ci` again: its .wasm files may be damaged');
    }
    await tf.ready();
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    return {
      name: 'wasm',
      deterministic: true,
      readsSynchronously: true,
      replicable: true,
      memoryLimit,
      describe: () => `wasm (${simd ? 'SIMD' : 'no SIMD'}, 1 thread, TensorFlow.js ${tf.version['tfjs-core']})`,
    };
  },
};

/** The binaries are named by their place on disk, so that worker threads and other working folders find them. */
async function loadBackend(): Promise<void> {
  const backend = await import('@tensorflow/tfjs-backend-wasm');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  backend.setWasmPaths(join(dirname(main), sep));
}
