import { tf } from '../device/index.js';
import { FlowError } from '../errors/flow-error.js';
import { float32, type HostTensor } from '../values/host-tensor.js';
import type { NamedVariable } from './program.js';

/** Copies of the variables on the host, by name. */
export async function readVariables(variables: readonly NamedVariable[]): Promise<Map<string, HostTensor>> {
  const values = new Map<string, HostTensor>();
  for (const { name, variable } of variables) {
    values.set(name, float32(Float32Array.from(await variable.data()), variable.shape));
  }
  return values;
}

/** Sets every variable that `values` names; the shapes must agree. Throws FLOW_WEIGHTS. */
export function writeVariables(variables: readonly NamedVariable[], values: ReadonlyMap<string, HostTensor>): void {
  for (const { name, variable } of variables) {
    const value = values.get(name);
    if (!value) continue;
    if (value.shape.join() !== variable.shape.join()) {
      throw new FlowError('FLOW_WEIGHTS', {
        message: `The stored value of "${name}" has another shape.`, who: name,
        expected: `[${variable.shape.join(', ')}]`, got: `[${value.shape.join(', ')}]`,
      });
    }
    const tensor = tf.tensor(Float32Array.from(value.data), variable.shape, 'float32');
    variable.assign(tensor);
    tensor.dispose();
  }
}
