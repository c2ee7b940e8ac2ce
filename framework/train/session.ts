/** What training and inference share: everything of a run that is open and must be closed. */
import type { FlowServices } from '../flow/services.js';
import type { Plan } from '../pipeline/plan.js';
import type { Interrupts } from '../run/interrupts.js';
import type { Progress } from '../run/progress.js';
import type { RunFolder } from '../run/run-folder.js';
import type { Engine } from '../device/index.js';
import type { Checkpoint } from './checkpoint.js';
import type { Programs } from './programs.js';

export interface Session {
  readonly plan: Plan;
  readonly engine: Engine;
  readonly folder: RunFolder;
  readonly services: FlowServices;
  readonly programs: Programs;
  readonly progress: Progress;
  readonly interrupts: Interrupts;
  /** Where a resumed training goes on. */
  readonly start?: Checkpoint;
  /** Only the samples of these keys, where the run does not train. */
  readonly only?: readonly string[];
}
