/** The processor time that the kernels of an engine take, exclusive of the kernels that they call, by kernel and phase of a step. */
import { tf } from '../../framework/device/index.js';

/** `frozen`: before the tape opens. */
export type Phase = 'frozen' | 'forward' | 'backward' | 'update';

export interface KernelTime {
  readonly kernel: string;
  readonly phase: Phase;
  calls: number;
  milliseconds: number;
}

export interface KernelProfile {
  readonly rows: ReadonlyMap<string, KernelTime>;
  /** Starts a step anew: what runs until the tape opens counts as `frozen`. */
  beginStep(): void;
  endGradients(): void;
}

/** Processor milliseconds of all threads so far. */
export function busy(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Tape {
  startTape(): void;
  endTape(): void;
}

/** Wraps every kernel of the current backend. It cannot be undone: profile in a process of its own. */
export function profileKernels(): KernelProfile {
  const rows = new Map<string, KernelTime>();
  const inner: number[] = [];
  let phase: Phase = 'frozen';
  const add = (kernel: string, milliseconds: number): void => {
    const key = `${phase} ${kernel}`;
    const row = rows.get(key) ?? { kernel, phase, calls: 0, milliseconds: 0 };
    rows.set(key, row);
    row.calls++;
    row.milliseconds += milliseconds;
  };
  for (const { kernelName, backendName, kernelFunc } of tf.getKernelsForBackend(tf.getBackend())) {
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName, backendName,
      kernelFunc: (call) => {
        inner.push(0);
        const start = busy();
        try {
          return kernelFunc(call);
        } finally {
          const whole = busy() - start;
          add(kernelName, whole - inner.pop()!);
          if (inner.length > 0) inner[inner.length - 1]! += whole;
        }
      },
    });
  }
  const tape = tf.engine() as unknown as Tape;
  const { startTape, endTape } = tape;
  tape.startTape = () => {
    phase = 'forward';
    startTape.call(tape);
  };
  tape.endTape = () => {
    phase = 'backward';
    endTape.call(tape);
  };
  return {
    rows,
    beginStep: () => {
      phase = 'frozen';
    },
    endGradients: () => {
      phase = 'update';
    },
  };
}
