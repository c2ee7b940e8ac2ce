import { useEngine, type EngineName } from '../device/index.js';
import { FlowError } from '../errors/flow-error.js';

export type TestCase = () => void | Promise<void>;
export type RegisterCase = (name: string, run: TestCase) => void;

/** These work everywhere: where one does not, that is a failure. The others may be absent, which is said. */
const required: readonly EngineName[] = ['wasm', 'cpu'];
const said = new Set<EngineName>();

/** `FLOW_TEST_ENGINES=webgpu,wasm` runs every case on these engines instead of those that the test names. */
const chosen = process.env['FLOW_TEST_ENGINES']?.split(',') as readonly EngineName[] | undefined;

/**
 * A `test` that runs each case once on every engine: `const check = onEngines(test); check('values', () => { … })`
 * registers `values (wasm)`, `values (cpu)` and `values (tensorflow)`. Where an optional engine is absent, one line says so, and
 * `npm test` repeats it at its end.
 */
export function onEngines(test: RegisterCase, names: readonly EngineName[] = ['wasm', 'cpu', 'tensorflow', 'webgpu']): RegisterCase {
  return (name, run) => {
    for (const engine of chosen ?? names) {
      test(`${name} (${engine})`, async () => {
        if (await isPresent(engine)) await run();
      });
    }
  };
}

/** Makes an engine current; false where an optional one is absent. */
async function isPresent(engine: EngineName): Promise<boolean> {
  try {
    await useEngine(engine);
    return true;
  } catch (error) {
    if (required.includes(engine) || chosen || !(error instanceof FlowError)) throw error;
    if (!said.has(engine)) process.stdout.write(`\n(not tested on ${engine}: ${error.message})\n`);
    said.add(engine);
    return false;
  }
}
