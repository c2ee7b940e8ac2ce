import { FlowError } from '../../../framework/index.js';

/**
 * Checks the shapes of a kernel's inputs against symbols: a number must be met, a name must mean one extent throughout.
 *
 * @throws FlowError FLOW_DEVICE_SHAPE naming the operator and the input
 * @returns the extents by name
 */
export function expectShapes(
  operator: string,
  inputs: readonly { readonly shape: readonly number[] }[],
  expected: Readonly<Record<string, readonly (number | string)[]>>,
): Record<string, number> {
  const extents: Record<string, number> = {};
  Object.entries(expected).forEach(([name, pattern], index) => {
    const { shape } = inputs[index]!;
    const fits = shape.length === pattern.length && pattern.every((symbol, axis) => {
      const extent = shape[axis]!;
      return extent === (typeof symbol === 'number' ? symbol : (extents[symbol] ??= extent));
    });
    if (!fits) {
      throw new FlowError('FLOW_DEVICE_SHAPE', {
        message: `${operator}: "${name}" has a wrong shape.`, who: operator,
        expected: `[${pattern.map((symbol) => (typeof symbol === 'string' && symbol in extents ? `${symbol}=${extents[symbol]}` : symbol)).join(', ')}]`,
        got: `[${shape.join(', ')}]`,
      });
    }
  });
  return extents;
}
