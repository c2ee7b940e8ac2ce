/** Hands its input on until its thread is to die, or its process to be interrupted. */
import { isMainThread } from 'node:worker_threads';
import { implementDevice } from '../../index.js';
import { pass } from './fragile-plugin.js';

/** What happens at the third part of the first replica; read by each thread when it starts, so that a resumed run has the same plan. */
const fault = process.env['FLOW_TEST_REPLICA_FAULT'];

let parts = 0;

function misbehave(): void {
  if (isMainThread || ++parts !== 3) return;
  if (fault === 'interrupt') process.kill(process.pid, 'SIGINT');
  if (fault === 'throw') throw new Error('the third part is one too many');
  if (fault === 'exit') process.exit(7);
  if (fault === 'uncaught') setImmediate(() => {
    throw new Error('out of turn');
  });
}

export const stage = implementDevice(pass, {
  build: () => ({
    run: (inputs) => {
      misbehave();
      return { place: inputs.place };
    },
  }),
});

