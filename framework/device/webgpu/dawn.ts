/** Dawn, the WebGPU implementation of Chromium, through the optional npm package `webgpu`: finding it, and an adapter. */
import { readdirSync } from 'node:fs';
import { EngineAbsent } from '../engines/driver.js';
import type { Gpu, GpuAdapter, GpuDevice } from './backend.js';

/** Set to `software` to compute on the processor through SwiftShader or lavapipe: correct and slow, for tests. */
export const softwareVariable = 'FLOW_WEBGPU';

interface DawnModule {
  create(flags: readonly string[]): Gpu;
  readonly globals: object;
}

export interface OpenedDevice {
  readonly gpu: Gpu;
  readonly adapter: GpuAdapter;
  readonly device: GpuDevice;
  /** Computes on the processor. */
  readonly software: boolean;
  /** Lets Dawn finish what is done, as its own callback in the event loop does. Undefined where that callback was not seen. */
  readonly processEvents?: () => void;
}

/** What TensorFlow.js asks for, and storage bindings for kernels with many inputs. */
const limits = [
  'maxComputeWorkgroupStorageSize', 'maxComputeWorkgroupsPerDimension', 'maxStorageBufferBindingSize', 'maxBufferSize',
  'maxComputeWorkgroupSizeX', 'maxComputeInvocationsPerWorkgroup', 'maxStorageBuffersPerShaderStage',
];

/**
 * The device to compute on: of a real adapter, or, when `FLOW_WEBGPU=software` asks for it, of a software one.
 *
 * @throws EngineAbsent when the package, a driver or a fitting adapter is missing.
 */
export async function openDevice(): Promise<OpenedDevice> {
  const wantsSoftware = process.env[softwareVariable] === 'software';
  if (!wantsSoftware) requireGpuDevice();
  const { create, globals } = await loadDawn();
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const adapter = await gpu.requestAdapter(wantsSoftware ? { forceFallbackAdapter: true } : { powerPreference: 'high-performance' });
  if (!adapter) {
    throw new EngineAbsent(
      `Dawn finds no ${wantsSoftware ? 'software adapter' : 'adapter'}`,
      wantsSoftware ? 'name a software driver in VK_DRIVER_FILES, see docs/engines.md' : 'install a driver for Vulkan (and libvulkan1), Metal or Direct3D 12',
    );
  }
  const software = adapter.info.isFallbackAdapter === true;
  if (software && !wantsSoftware) {
    throw new EngineAbsent(
      `the only adapter is software (${nameOf(adapter)})`, `use \`device: wasm\`, which is faster; ${softwareVariable}=software uses it all the same`,
    );
  }
  const { result: device, callback } = await watchImmediate(() => adapter.requestDevice({
    requiredFeatures: ['timestamp-query'].filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]!])),
  }));
  return { gpu, adapter, device, software, processEvents: callback };
}

export function nameOf({ info }: GpuAdapter): string {
  return info.description || info.device || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'unnamed adapter';
}

/** On Linux every GPU has a device file; without one, loading Dawn would only print what it does not find. */
function requireGpuDevice(): void {
  if (process.platform !== 'linux') return;
  const found = [['/dev/dri', /^renderD/], ['/dev', /^(nvidia\d|dxg$|mali\d)/]] as const;
  if (found.some(([folder, name]) => entries(folder).some((entry) => name.test(entry)))) return;
  throw new EngineAbsent(
    'this machine shows no GPU (no /dev/dri/renderD*, /dev/nvidia*, /dev/dxg)', `use \`device: wasm\`; ${softwareVariable}=software tries a software adapter`,
  );
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function loadDawn(): Promise<DawnModule> {
  // By a variable, so that TypeScript does not need the package.
  const name = 'webgpu';
  try {
    return (await import(name)) as DawnModule;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    throw new EngineAbsent(
      missing ? 'the npm package `webgpu` is not installed' : `Dawn cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      missing ? 'run `npm install webgpu @tensorflow/tfjs-backend-webgpu`' : 'this platform has no binary of Dawn, or the C library is too old: use `device: wasm`',
    );
  }
}

/**
 * Dawn's Node binding finishes work in a native callback that it hands to `setImmediate`. Whoever holds it can wait for the GPU
 * without going back to the event loop.
 */
async function watchImmediate<T>(start: () => Promise<T>): Promise<{ result: T; callback?: () => void }> {
  const { setImmediate: own } = globalThis;
  let callback: (() => void) | undefined;
  globalThis.setImmediate = ((task: (...values: unknown[]) => void, ...values: unknown[]) => {
    if (/\[native code\]/.test(String(task))) callback ??= task;
    return own(task, ...values);
  }) as typeof own;
  try {
    return { result: await start(), callback };
  } finally {
    globalThis.setImmediate = own;
  }
}
