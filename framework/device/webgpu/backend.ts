/** The parts of WebGPU, of Dawn's Node binding and of TensorFlow.js's webgpu backend that we use. Both packages are optional, so no type comes from them. */
import type { tf } from '../tf.js';

export interface GpuBuffer {
  readonly size: number;
  readonly mapState: 'unmapped' | 'pending' | 'mapped';
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

/** Handles that are only passed on. */
export interface GpuHandle {
  readonly label: string;
}

export interface GpuPipeline extends GpuHandle {
  getBindGroupLayout(group: number): GpuHandle;
}

interface GpuComputePass {
  setPipeline(pipeline: GpuPipeline): void;
  setBindGroup(group: number, bindings: GpuHandle): void;
  dispatchWorkgroups(x: number, y?: number): void;
  end(): void;
}

interface GpuCommandEncoder {
  beginComputePass(): GpuComputePass;
  clearBuffer(buffer: GpuBuffer): void;
  copyBufferToBuffer(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, size: number): void;
}

export type GpuLimits = Readonly<Record<string, number>>;

export interface GpuDevice {
  readonly limits: GpuLimits;
  readonly queue: { writeBuffer(buffer: GpuBuffer, offset: number, data: ArrayBuffer): void };
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: { readonly error: { readonly message: string } }) => void): void;
  createBuffer(request: { size: number; usage: number; mappedAtCreation?: boolean }): GpuBuffer;
  createShaderModule(request: { code: string; label: string }): GpuHandle;
  createBindGroupLayout(request: { entries: readonly object[] }): GpuHandle;
  createPipelineLayout(request: { bindGroupLayouts: readonly GpuHandle[] }): GpuHandle;
  createComputePipeline(request: { layout: GpuHandle; compute: { module: GpuHandle; entryPoint: string }; label: string }): GpuPipeline;
  createBindGroup(request: { layout: GpuHandle; entries: readonly object[] }): GpuHandle;
}

export interface GpuAdapter {
  readonly info: {
    readonly vendor: string; readonly architecture: string; readonly device: string; readonly description: string;
    /** True of software: SwiftShader, lavapipe, WARP. */
    readonly isFallbackAdapter?: boolean;
  };
  readonly features: ReadonlySet<string>;
  readonly limits: GpuLimits;
  requestDevice(request: { requiredFeatures: readonly string[]; requiredLimits: GpuLimits }): Promise<GpuDevice>;
}

export interface Gpu {
  requestAdapter(options: { powerPreference?: 'high-performance'; forceFallbackAdapter?: boolean }): Promise<GpuAdapter | null>;
}

interface TensorData {
  readonly dtype: string;
  readonly shape: readonly number[];
  values: Float32Array | Int32Array | Uint8Array | null;
  resource?: GpuBuffer | null;
}

/** TensorFlow.js's backend, as version 4.22 writes it. */
export interface WebgpuBackend extends tf.KernelBackend {
  readonly device: GpuDevice;
  readonly tensorMap: { get(dataId: object): TensorData };
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number): GpuBuffer;
    releaseBuffer(buffer: GpuBuffer): void;
  };
  readonly commandQueueOwnedIds: WeakSet<object>;
  /** Buffers that go back to the pool when the commands recorded so far are submitted. */
  readonly uniformPendingDisposal: GpuBuffer[];
  commandEncoder: GpuCommandEncoder | null;
  computePassEncoder: GpuComputePass | null;
  dispatchCountInPass: number;
  makeTensorInfo(shape: number[], dtype: string): tf.TensorInfo;
  uploadToGPU(dataId: object): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

/** `GPUBufferUsage` and `GPUMapMode`. */
export const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, uniform: 0x40, storage: 0x80 } as const;
export const mapModeRead = 1;
/** `GPUShaderStage.COMPUTE` */
export const computeStage = 4;
