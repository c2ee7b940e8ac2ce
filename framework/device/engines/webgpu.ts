import { tf } from '../tf.js';
import type { Gpu, GpuDevice, WebgpuBackend } from '../webgpu/backend.js';
import { nameOf, openDevice, type OpenedDevice } from '../webgpu/dawn.js';
import { repairReading } from '../webgpu/read-back.js';
import { EngineAbsent, type EngineDriver } from './driver.js';

/** Opened once for each thread; a refusal is kept too, since nothing changes while the process runs. */
let opening: Promise<OpenedDevice> | undefined;

/** Dawn through the npm package `webgpu`: the GPUs of all makers. Software adapters only with FLOW_WEBGPU=software. */
export const webgpuDriver: EngineDriver = {
  name: 'webgpu',
  async activate() {
    opening ??= open();
    const { adapter, software } = await opening;
    await tf.setBackend('webgpu');
    return {
      name: 'webgpu',
      // TensorFlow.js's own scatter kernels add floats in whatever order the GPU's threads come.
      deterministic: false,
      usesGpu: !software,
      readsSynchronously: false,
      describe: () => {
        const memory = `buffers up to ${(adapter.limits['maxStorageBufferBindingSize']! / 2 ** 30).toFixed(1)} GiB`;
        return `webgpu (${nameOf(adapter)}, ${software ? 'software' : 'GPU'}, ${memory}, TensorFlow.js ${tf.version['tfjs-core']})`;
      },
    };
  },
};

async function open(): Promise<OpenedDevice> {
  const opened = await openDevice();
  const backend = await createBackend(opened.gpu, opened.device, opened.adapter.info);
  repairReading(backend, opened.processEvents);
  if (!tf.findBackendFactory('webgpu')) tf.registerBackend('webgpu', () => backend, 3);
  return opened;
}

interface BackendModule {
  readonly WebGPUBackend: new (device: GpuDevice, info: object) => WebgpuBackend;
}

/** TensorFlow.js asks `navigator.gpu` whether there is WebGPU; Node before 21 has no navigator, and later ones have one without `gpu`. */
async function createBackend(gpu: Gpu, device: GpuDevice, info: object): Promise<WebgpuBackend> {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    // By a variable, so that TypeScript does not need the package.
    const name = '@tensorflow/tfjs-backend-webgpu';
    const { WebGPUBackend } = (await import(name)) as BackendModule;
    // The import registers a factory that would open another device.
    tf.removeBackend('webgpu');
    return new WebGPUBackend(device, info);
  } catch (error) {
    throw new EngineAbsent(
      `the npm package \`@tensorflow/tfjs-backend-webgpu\` cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      'run `npm install @tensorflow/tfjs-backend-webgpu@4.22.0`',
    );
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}
