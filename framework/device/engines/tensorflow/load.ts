/** Loads an installed engine by absolute path and registers it in the TensorFlow.js of this project. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installedPaths, kernelHostKey } from './installation.js';
import type { TensorflowBackend, TensorflowBinding } from './binding.js';

interface KernelModule {
  readonly NodeJSKernelBackend: new (binding: TensorflowBinding, packageName: string) => TensorflowBackend;
}

interface TensorFlowJs {
  findBackendFactory(name: string): unknown;
  registerBackend(name: string, factory: () => unknown, priority: number): boolean;
}

/**
 * Registers the backend `tensorflow`; the caller makes it current. Its kernels `require('@tensorflow/tfjs')`, which a stub
 * inside the installation answers with this project's instance, so there is one tfjs-core and one registry.
 *
 * @throws Error of the dynamic linker when the addon or libtensorflow cannot be loaded.
 */
export function loadTensorflow(folder: string): TensorflowBinding {
  quietenLibrary();
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs') as TensorFlowJs;
  openLibrary(require(join(folder, installedPaths.opener)) as Opener, join(folder, installedPaths.libraries));
  const binding = require(join(folder, installedPaths.addon)) as TensorflowBinding;
  if (tf.findBackendFactory('tensorflow')) return binding;
  (globalThis as Record<symbol, unknown>)[Symbol.for(kernelHostKey)] = tf;
  require(join(folder, installedPaths.kernels, 'register_all_kernels.js'));
  const { NodeJSKernelBackend } = require(join(folder, installedPaths.kernels, 'nodejs_kernel_backend.js')) as KernelModule;
  const packageName = binding.isUsingGpuDevice() ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, packageName), 3);
  return binding;
}

interface Opener {
  openQuietly(path: string): void;
}

/** The addon links to the library by name and finds it already open. */
function openLibrary(opener: Opener, folder: string): void {
  const name = readdirSync(folder).find((file) => file.startsWith('libtensorflow_cc.'));
  if (name !== undefined) opener.openQuietly(join(folder, name));
}

/** Read by libtensorflow when it starts; what the user has set is kept. */
function quietenLibrary(): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
}
