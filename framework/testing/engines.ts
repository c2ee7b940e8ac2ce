import { useEngine, type EngineName } from '../device/index.js';
import { FlowError } from '../errors/flow-error.js';

export type TestCase = () => void | Promise<void>;
export type RegisterCase = (name: string, run: TestCase) => void;

/** These work everywhere: where one does not, that is a failure. The others may be absent, which is said. */
const required: readonly EngineName[] = ['wasm', 'cpu'];
const said = new Set<EngineName>();

/**
 * A `test` that runs each case once on every engine: `const check = onEngines(test); check('values', () => { … })`
 * registers `values (wasm)` and `values (cpu)`. Where an optional engine is named and absent, one line says so.
 */
export function onEngines(test: RegisterCase, names: readonly EngineName[] = ['wasm', 'cpu']): RegisterCase {
  return (name, run) => {
    for (const engine of names) {
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
    if (required.includes(engine) || !(error instanceof FlowError)) throw error;
    if (!said.has(engine)) process.stdout.write(`\n(not tested on ${engine}: ${error.message})\n`);
    said.add(engine);
    return false;
  }
}
