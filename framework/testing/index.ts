/** Helpers for tests of operators, stages and plugins. */
export { checkGradient, type GradientOptions } from './check-gradient.js';
export { close, float32Tolerance, type Tolerance } from './close.js';
export { onEngines, type RegisterCase, type TestCase } from './engines.js';
export { expectNoLeak } from './leak.js';
export { testOperator, type OperatorPart, type OperatorParts } from './operator-suite.js';
export { normalTensor, sineNoise, toTensor, uniformTensor, valuesOf, type Numbers } from './values.js';
export {
  buildDeviceStage, runDeviceStage, runHostStage, type BuiltDeviceStage, type DeviceStageRequest, type HostStageRequest,
} from './stage.js';
export { completeOptions, type AnyContract, type StageRequest } from './stage-plan.js';
export { testStage, type StageSuiteOptions } from './stage-suite.js';
