/**
 * Our own WebAssembly beside TensorFlow.js's: a small module of SIMD loops that works on the same memory. JavaScript loops over
 * typed arrays take 1 to 9 ns an element, these 0.1 to 0.5.
 */
import { tf } from '../tf.js';
import { kernelBytes } from './kernels.js';

type Pointer = number;

/** The loops of kernels.wat. Sizes, strides and steps are in bytes. */
export interface HeapKernels {
  sparseProduct(pointers: Pointer, columns: Pointer, values: Pointer, rows: number, stride: number, x: Pointer, y: Pointer): void;
  transposeRun(from: Pointer, to: Pointer, pixels: number, channels: number, step: number, pitch: number): void;
  addScaled(to: Pointer, from: Pointer, scale: number, size: number): void;
  addProduct(to: Pointer, a: Pointer, b: Pointer, size: number): void;
  addRowProducts(to: Pointer, a: Pointer, stepA: number, b: Pointer, stepB: number, count: number, size: number): void;
  routeLargest(dx: Pointer, dy: Pointer, x: Pointer, largest: Pointer, found: Pointer, size: number): void;
  eluGradient(dx: Pointer, dy: Pointer, y: Pointer, size: number): void;
  addRows(from: Pointer, rows: number, stride: number, to: Pointer): void;
  /** −1, or the first place whose index is out of range. */
  gatherRows(from: Pointer, indices: Pointer, count: number, rows: number, stride: number, to: Pointer): number;
  /** `stride`: bytes of a pixel; other sizes in pixels. Columns from `first` to `end` of the result see no border on the left and right. */
  depthwise(
    x: Pointer, filter: Pointer, y: Pointer, inHeight: number, inWidth: number, stride: number, outHeight: number, outWidth: number,
    down: number, across: number, padTop: number, padLeft: number, first: number, end: number,
  ): void;
  scatterAddRows(from: Pointer, indices: Pointer, count: number, stride: number, to: Pointer): void;
}

/** The memory of TensorFlow.js's WebAssembly module. `HEAPU8` is replaced when it grows. */
export interface WasmHeap {
  readonly HEAPU8: Uint8Array;
  readonly asm: { readonly memory: WebAssembly.Memory };
  _malloc(size: number): Pointer;
  _free(pointer: Pointer): void;
}

interface WasmBackend {
  readonly wasm: WasmHeap;
}

const modules = new WeakMap<WasmBackend, HeapKernels | null>();

/**
 * The loops, when the array lies on the heap (engines wasm and tensorflow); undefined on other engines and without SIMD. The
 * array's `byteOffset` is its pointer.
 */
export function heapKernels(array: ArrayBufferView): HeapKernels | undefined {
  const backend = wasmBackend();
  if (!backend || array.buffer !== backend.wasm.HEAPU8.buffer) return undefined;
  let kernels = modules.get(backend);
  if (kernels === undefined) {
    kernels = instantiate(backend);
    modules.set(backend, kernels);
  }
  return kernels ?? undefined;
}

/** The heap, once the wasm engine has been used in this thread; tensorflow borrows it too. */
export function wasmHeap(): WasmHeap | undefined {
  return wasmBackend()?.wasm;
}

function wasmBackend(): WasmBackend | null {
  return tf.findBackend('wasm') as unknown as WasmBackend | null;
}

function instantiate(backend: WasmBackend): HeapKernels | null {
  const bytes = Buffer.from(kernelBytes, 'base64');
  if (!WebAssembly.validate(bytes)) return null;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { heap: { memory: backend.wasm.asm.memory } });
  return instance.exports as unknown as HeapKernels;
}

const enginesOnHeap = ['wasm', 'tensorflow'];
const placed = new WeakMap<ArrayBufferView, Pointer>();
const discarded = new FinalizationRegistry<{ readonly backend: WasmBackend; readonly pointer: Pointer }>(({ backend, pointer }) => backend.wasm._free(pointer));

/**
 * A copy of a constant array on the heap, made once and freed when the array is collected. Call it before a kernel takes its
 * views: making room may move the heap, which empties every view.
 */
export function placeOnHeap(array: Int32Array | Float32Array): void {
  const backend = wasmBackend();
  if (!backend || !enginesOnHeap.includes(tf.getBackend()) || placed.has(array)) return;
  const pointer = backend.wasm._malloc(Math.max(16, array.byteLength)) >>> 0;
  backend.wasm.HEAPU8.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), pointer);
  placed.set(array, pointer);
  discarded.register(array, { backend, pointer });
}

/** Where `placeOnHeap` put an array. */
export function heapPointer(array: ArrayBufferView): Pointer | undefined {
  return placed.get(array);
}
