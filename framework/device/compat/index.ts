/** What TensorFlow.js 4.22 lacks, computes wrongly or computes slowly, put right once for each engine. */
import type { EngineName } from '../engines/driver.js';
import { registerBroadcastGradients } from './broadcast-gradients.js';
import { registerConvFilterGradient } from './conv-filter-gradient.js';
import { registerConvInputGradient } from './conv-input-gradient.js';
import { registerDepthwiseGradients } from './depthwise-gradients.js';
import { registerExplicitPadding } from './explicit-padding.js';
import { fenceBatchNorm, fenceEinsum, fenceGradients } from './fences.js';
import { registerGatherGradients, registerSegmentSum, registerWasmGather } from './gather-gradients.js';
import { registerMatMulGradient, registerWasmMatMul } from './matmul.js';
import { registerAvgPoolGradient, registerPoolGradients } from './pool-gradients.js';
import { registerReluGradient } from './relu-gradient.js';
import { registerResizeGradients } from './resize-gradients.js';
import { registerShapeGradients } from './shape-gradients.js';
import { registerTensorflowKernels } from './tensorflow-kernels.js';
import { registerWasmCopies } from './wasm-copies.js';
import { registerWasmDepthwise } from './wasm-depthwise.js';
import { registerWasmSum } from './wasm-sum.js';
import { registerWebgpuAddN } from './webgpu-add-n.js';
import { registerWebgpuTrigonometry } from './webgpu-trigonometry.js';
import { registerZeroGradients } from './zero-gradients.js';

const registered = new Set<EngineName>();

/** Gradients are common to all engines; kernels are registered when an engine is first used. */
export function registerCompat(engine: EngineName): void {
  if (registered.size === 0) {
    registerZeroGradients();
    registerGatherGradients();
    registerShapeGradients();
    registerMatMulGradient();
    registerBroadcastGradients();
    registerReluGradient();
    fenceGradients();
  }
  if (registered.has(engine)) return;
  registered.add(engine);
  fenceBatchNorm(engine);
  if (engine === 'wasm' || engine === 'cpu') {
    fenceEinsum(engine);
    registerPoolGradients(engine);
  }
  // TensorFlow's own knows half-pixel centres, its binding does not pass them on.
  registerResizeGradients(engine);
  if (engine === 'webgpu') {
    fenceEinsum(engine);
    registerAvgPoolGradient(engine);
    registerWebgpuAddN();
    registerWebgpuTrigonometry();
  }
  if (engine === 'tensorflow') {
    registerExplicitPadding(engine);
    registerTensorflowKernels();
  }
  if (engine === 'wasm') {
    registerSegmentSum(engine);
    registerWasmGather();
    registerWasmMatMul();
    registerConvInputGradient(engine);
    registerConvFilterGradient(engine);
    registerDepthwiseGradients(engine);
    registerWasmCopies();
    registerWasmDepthwise();
    registerWasmSum();
  }
}
