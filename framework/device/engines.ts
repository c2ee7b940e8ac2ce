/** The engines, in the order of preference, and the one way to make one current. */
import { FlowError } from '../errors/flow-error.js';
import { registerCompat } from './compat/index.js';
import { cpuDriver } from './engines/cpu.js';
import { EngineAbsent, type Engine, type EngineDriver, type EngineName } from './engines/driver.js';
import { tensorflowDriver } from './engines/tensorflow.js';
import { wasmDriver } from './engines/wasm.js';
import { webgpuDriver } from './engines/webgpu.js';

export type { Engine, EngineName } from './engines/driver.js';

const drivers: readonly EngineDriver[] = [tensorflowDriver, webgpuDriver, wasmDriver, cpuDriver];

/** What `flow doctor` prints about an engine. */
export interface EngineReport {
  readonly name: EngineName;
  readonly present: boolean;
  /** Of a present engine: one line about it. */
  readonly description?: string;
  /** Of an absent engine: why, and what would help. */
  readonly reason?: string;
  readonly cure?: string;
}

interface Candidate {
  readonly driver: EngineDriver;
  /** Only where it computes on a GPU. */
  readonly onGpu?: true;
}

/** A software adapter of WebGPU is slower than wasm, so that it must be named. */
const automatic: readonly Candidate[] = [
  { driver: tensorflowDriver, onGpu: true }, { driver: webgpuDriver, onGpu: true }, { driver: tensorflowDriver }, { driver: wasmDriver }, { driver: cpuDriver },
];

/**
 * Makes an engine current for this thread, with the missing and slow gradients of TensorFlow.js replaced. `auto` takes
 * the first that works of tensorflow with a GPU, webgpu on a GPU, tensorflow, wasm, cpu.
 *
 * @throws FlowError FLOW_DEVICE when the name is unknown or the engine cannot be used here, with the cure.
 */
export async function useEngine(name: 'auto' | EngineName = 'auto'): Promise<Engine> {
  const wanted: readonly Candidate[] = name === 'auto' ? automatic : drivers.filter((driver) => driver.name === name).map((driver) => ({ driver }));
  if (wanted.length === 0) {
    throw new FlowError('FLOW_DEVICE', {
      message: `There is no engine "${String(name)}".`, expected: `auto, ${drivers.map((driver) => driver.name).join(', ')}`, got: String(name),
    });
  }
  const refusals: EngineAbsent[] = [];
  for (const { driver, onGpu } of wanted) {
    try {
      const engine = await driver.activate();
      if (onGpu && !engine.usesGpu) continue;
      registerCompat(engine.name);
      return engine;
    } catch (error) {
      refusals.push(asAbsent(error));
    }
  }
  throw new FlowError('FLOW_DEVICE', {
    message: `The engine "${name}" cannot be used: ${refusals.map((refusal) => refusal.reason).join('; ')}.`,
    cure: refusals[0]!.cure,
    cause: refusals[0],
  });
}

/** Tries every engine and says which work; the engine that was current stays current. */
export async function probeEngines(current?: EngineName): Promise<readonly EngineReport[]> {
  const reports: EngineReport[] = [];
  for (const driver of drivers) {
    try {
      const engine = await driver.activate();
      reports.push({ name: driver.name, present: true, description: engine.describe() });
    } catch (error) {
      const { reason, cure } = asAbsent(error);
      reports.push({ name: driver.name, present: false, reason, cure });
    }
  }
  if (current) await useEngine(current);
  return reports;
}

function asAbsent(error: unknown): EngineAbsent {
  if (error instanceof EngineAbsent) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new EngineAbsent(message, 'run `flow doctor`');
}
