import { tf } from '../tf.js';
import type { EngineDriver } from './driver.js';

/** Plain JavaScript: always there, 3 to 50 times slower than wasm. The second opinion of every gradient test. */
export const cpuDriver: EngineDriver = {
  name: 'cpu',
  async activate() {
    await tf.setBackend('cpu');
    await tf.ready();
    // Its first kernel would print an advertisement for tfjs-node.
    (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
    return {
      name: 'cpu',
      deterministic: true,
      readsSynchronously: true,
      replicable: true,
      describe: () => `cpu (plain JavaScript, TensorFlow.js ${tf.version['tfjs-core']})`,
    };
  },
};
