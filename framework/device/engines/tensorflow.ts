import { availableParallelism, totalmem } from 'node:os';
import { tf } from '../tf.js';
import { EngineAbsent, type EngineDriver } from './driver.js';
import type { TensorflowBackend } from './tensorflow/binding.js';
import { installationFolder, notSetUp, readInstallation, type TensorflowVariant } from './tensorflow/installation.js';
import { loadTensorflow } from './tensorflow/load.js';
import { wasmDriver } from './wasm.js';

/** libtensorflow through the kernels of tfjs-node, where `flow setup tensorflow` has put it. */
export const tensorflowDriver: EngineDriver = {
  name: 'tensorflow',
  async activate() {
    const version = load();
    // Kernels on typed arrays work on its heap.
    await wasmDriver.activate();
    if (!(await tf.setBackend('tensorflow'))) {
      throw new EngineAbsent('the tensorflow backend did not start', 'run `flow setup tensorflow --verify`');
    }
    const { isUsingGpuDevice } = tf.backend() as TensorflowBackend;
    const place = isUsingGpuDevice ? 'GPU' : `CPU, ${availableParallelism()} threads`;
    return {
      name: 'tensorflow',
      // Sums are split among threads in a fixed way on the CPU; CUDA adds in any order.
      deterministic: !isUsingGpuDevice,
      usesGpu: isUsingGpuDevice,
      // A GPU's own memory is not known here.
      ...(isUsingGpuDevice ? {} : { memoryLimit: machineMemory() }),
      readsSynchronously: true,
      describe: () => `tensorflow (libtensorflow ${version}, ${place}, TensorFlow.js ${tf.version['tfjs-core']})`,
    };
  },
};

/** Bytes that this process may take: of the machine, or of the container that it runs in. */
function machineMemory(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}

/** Loads the first installation that works, CUDA's before the CPU's. Once one is loaded, it stays for this process. */
function load(): string {
  const faults: string[] = [];
  for (const variant of ['gpu', 'cpu'] satisfies TensorflowVariant[]) {
    const folder = installationFolder(variant);
    const installation = readInstallation(folder);
    if ('fault' in installation) {
      faults.push(installation.fault);
      continue;
    }
    try {
      loadTensorflow(folder);
      return installation.tensorflow;
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
    }
  }
  // A fault of an engine that is there says more than that another is not.
  throw new EngineAbsent(faults.find((fault) => fault !== notSetUp) ?? notSetUp, 'run `flow setup tensorflow`');
}
