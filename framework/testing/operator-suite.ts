import { suite } from 'uvu';
import { onEngines, type TestCase } from './engines.js';
import type { EngineName } from '../device/index.js';
import { expectNoLeak } from './leak.js';

export type OperatorPart = TestCase | { readonly skip: string };

/** What a test of an operator of tensors says. A part that does not apply is `{ skip: 'why' }`. */
export interface OperatorParts {
  /** The plainest call. */
  readonly runs: OperatorPart;
  /** Shapes and types of the results, for awkward shapes. */
  readonly shapes: OperatorPart;
  /** Bad input is refused; assert the message. */
  readonly refuses: OperatorPart;
  /** Numbers against an independent oracle. */
  readonly values: OperatorPart;
  /** `checkGradient` on awkward shapes. */
  readonly gradient: OperatorPart;
  /** A batch gives what its samples give one by one. */
  readonly batch: OperatorPart;
  /** Engines to run on; wasm, cpu and tensorflow by default. */
  readonly engines?: readonly EngineName[];
}

const partNames = ['runs', 'shapes', 'refuses', 'values', 'gradient', 'batch'] as const;

/**
 * Registers and runs the parts of an operator's test on every engine, each asserting that no tensor is left behind.
 *
 * @throws Error when a part is skipped without a reason.
 */
export function testOperator(name: string, parts: OperatorParts): void {
  const test = suite(name);
  const check = onEngines(test, parts.engines);
  for (const partName of partNames) {
    const part = parts[partName];
    if (typeof part === 'function') {
      check(partName, () => expectNoLeak(part));
    } else if (part.skip.trim() === '') {
      throw new Error(`${name}: the part "${partName}" is skipped without a reason`);
    } else {
      // eslint-disable-next-line no-restricted-syntax -- with the reason in its name
      test.skip(`${partName}: ${part.skip}`);
    }
  }
  test.run();
}
