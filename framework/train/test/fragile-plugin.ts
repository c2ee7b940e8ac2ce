/** A device stage for tests of replicas: it hands its input on until its thread is to die, or its process to be interrupted. */
import { isMainThread } from 'node:worker_threads';
import { defineDevice, definePlugin, implementDevice, tensor, Type } from '../../index.js';

const place = tensor('float32', [2], 'place.unit');

/** What happens at the third part of the first replica; read by each thread when it starts, so that a resumed run has the same plan. */
export const faultVariable = 'FLOW_TEST_REPLICA_FAULT';
const fault = process.env[faultVariable];

export const pass = defineDevice({
  summary: 'Hands a place on.', version: 1, options: Type.Object({}, { additionalProperties: false }),
  in: { place }, out: { place }, load: async () => ({ stage }),
});

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

const stage = implementDevice(pass, {
  build: () => ({
    run: (inputs) => {
      misbehave();
      return { place: inputs.place };
    },
  }),
});

export const plugin = definePlugin({ name: 'fragile', version: '0.1.0', framework: '^0.1.0', summary: 'A stage whose thread dies.', stages: { pass } });
