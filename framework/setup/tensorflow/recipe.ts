/** What the tensorflow engine is made of, and what making it takes. */
import type { TensorflowVariant } from '../../device/engines/tensorflow/installation.js';

export interface Recipe {
  readonly variant: TensorflowVariant;
  /** The Python package that libtensorflow is taken from. */
  readonly wheel: string;
  readonly tensorflow: string;
  readonly tfjsNode: string;
  readonly nodeApiHeaders: string;
  /** Gigabytes to download, taken while it is made, and kept. */
  readonly download: number;
  readonly working: number;
  readonly kept: number;
}

const versions = { tensorflow: '2.21.0', tfjsNode: '4.22.0', nodeApiHeaders: '1.9.0' };

/** Version 2.21 is the newest whose C interface was tried with the addon of tfjs-node 4.22. */
export function recipeFor(variant: TensorflowVariant): Recipe {
  // On macOS the plain package is the one for the CPU.
  const cpuWheel = process.platform === 'darwin' ? 'tensorflow' : 'tensorflow-cpu';
  return variant === 'cpu'
    ? { ...versions, variant, wheel: cpuWheel, download: 0.3, working: 1.3, kept: 0.9 }
    : { ...versions, variant, wheel: 'tensorflow', download: 3, working: 10, kept: 6 };
}
