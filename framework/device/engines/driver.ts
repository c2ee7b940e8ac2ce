/** What an engine must bring. The engines are listed in `../engines.ts`, in the order that `auto` tries them. */
export type EngineName = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

/** A TensorFlow.js backend made ready. */
export interface Engine {
  readonly name: EngineName;
  /** The same call gives the same bits, whatever else runs. */
  readonly deterministic: boolean;
  /** Computes on a GPU: what `device: auto` prefers. */
  readonly usesGpu?: boolean;
  /** `dataSync` works inside a device section. */
  readonly readsSynchronously: boolean;
  /** It works in one thread, so that others of its kind, each in a thread of its own, can share the work. */
  readonly replicable?: true;
  /** Bytes that tensors may take, where the engine has a limit of its own. */
  readonly memoryLimit?: number;
  /** One line for people: `wasm (SIMD, 1 thread, TensorFlow.js 4.22.0)`. */
  describe(): string;
}

export interface EngineDriver {
  readonly name: EngineName;
  /** Loads the packages and makes the backend current. Throws `EngineAbsent` where that cannot be. */
  activate(): Promise<Engine>;
}

/** An engine that cannot be used here, and what would help. */
export class EngineAbsent extends Error {
  constructor(readonly reason: string, readonly cure: string) {
    super(reason);
    this.name = 'EngineAbsent';
  }
}
