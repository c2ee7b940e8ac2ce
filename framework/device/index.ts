/** What the tensor code of plugins may use: import it from `maths/`, `networks/` and device stages only. */
export { tf, type Tensor, type Variable } from './tf.js';
export { useEngine, probeEngines, type Engine, type EngineName, type EngineReport } from './engines.js';
export { decodeSafetensors, type SafetensorsFile } from './safetensors.js';
export { defineKernel, type KernelFunction, type KernelSpec, type KernelView } from './define-kernel.js';
export type { KernelOutput } from './kernel-output.js';
export type { WgslCall, WgslForm, WgslPass, WgslProgram } from './webgpu/wgsl.js';
export { heapKernels, heapPointer, placeOnHeap, type HeapKernels } from './simd/index.js';
export { tensorflowLoops } from './engines/tensorflow/loops.js';
export { stopGradient, withoutTape } from './tape.js';
export { captureNetwork, type CapturedNetwork } from './captured-network.js';
export { gatherRows } from './operators/gather-rows.js';
export { matMulShared } from './operators/mat-mul-shared.js';
export { reluGradient } from './operators/relu-gradient.js';
export { resizeByMatrices } from './operators/resize-by-matrices.js';
export { samplePicture } from './operators/sample-picture.js';
export { safeNorm, safeSqrt } from './operators/safe-norm.js';
export { sparseMatMul, transposeSparse, type SparseMatrix } from './operators/sparse-mat-mul.js';

/* What the flow and train phases use. */
export { ConstantStore } from './constants.js';
export { operatorCoverage, type KernelOrigin, type OperatorCoverage } from './coverage.js';
export { checkMemory, estimateMemory, gibibytes, guardMemory, neededMemory, peakBytes, type MemoryEstimate, type MemoryWatch } from './memory.js';
export { DeviceProgram, type LossAndGradients, type ProgramRequest } from './program.js';
export type { DeviceBatch } from './section-run.js';
export { differentiate, BackwardError, type Differentiated } from './differentiate.js';
export { download, stackSamples, upload } from './transfer.js';
export { VariableStore, type NamedVariable } from './variables.js';
