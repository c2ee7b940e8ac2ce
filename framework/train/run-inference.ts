/** Inference as an activity of a run: every sample of the sources once, to the sinks. */
import { join } from 'node:path';
import { digestOf } from '../flow/digest.js';
import { FlowError } from '../errors/flow-error.js';
import { runStreams } from '../flow/run-streams.js';
import type { Session } from './session.js';

export interface InferenceResult {
  readonly reason: 'finished' | 'interrupted';
  readonly finished: number;
  readonly refused: readonly { readonly key: string; readonly stage: string; readonly code: string; readonly message: string }[];
  readonly dataDigest: string;
}

/** Runs the plan without training. Throws what stages throw; sinks are then closed. */
export async function runInference(session: Session): Promise<InferenceResult> {
  const { plan, services, programs, folder, progress, interrupts } = session;
  let keys: readonly string[] = [];
  const watching = services.monitor.progress$.subscribe((event) => {
    if (event.kind !== 'finished') return;
    const step = services.monitor.finished;
    progress.update({ step, loss: null, done: keys.length ? step / keys.length : undefined });
  });
  try {
    const { finished, refused } = await runStreams(plan, plan.runGraph!, {
      services, only: session.only, sections: programs.runners(plan.runGraph!), folder: (stage) => join(folder.samples, stage),
      opened: (found) => {
        keys = found;
      },
      interrupted: () => interrupts.interrupted(),
    });
    if (!interrupts.interrupted()) checkRefused(finished, refused, (line) => progress.say(line));
    return { reason: interrupts.interrupted() ? 'interrupted' : 'finished', finished, refused, dataDigest: digestOf(keys) };
  } finally {
    watching.unsubscribe();
  }
}

/** Says what was refused; when nothing else was there, the run has failed. */
function checkRefused(finished: number, refused: InferenceResult['refused'], say: (line: string) => void): void {
  const [first] = refused;
  if (!first) return;
  if (finished > 0) {
    say(`${refused.length} of ${finished + refused.length} samples were refused, the first because: ${first.message} quarantine.jsonl names them.`);
    return;
  }
  const all = refused.length > 1 ? `All ${refused.length} samples were refused, the first because: ` : '';
  throw new FlowError(refused.length > 1 ? 'FLOW_REFUSED_RATE' : 'FLOW_SAMPLE', {
    who: first.stage, message: `${all}${first.message}`, keys: refused.slice(0, 8).map(({ key }) => key),
  });
}
