/** Tensors that stay on the device for a whole run, each made once. */
import type { HostTensor } from '../values/host-tensor.js';
import type { PlannedStage } from '../pipeline/plan.js';
import { tf, type Tensor } from './tf.js';
import { upload } from './transfer.js';

/** Keeps constants by (resource or stage, name) until it is disposed. */
export class ConstantStore {
  private readonly tensors = new Map<string, Tensor>();

  /**
   * The constant `name` of a stage. A name that starts with a resource slot, `face/triangles`, belongs to the resource: stages
   * of the same plugin that use the same resource share it. Any other belongs to the stage's scope.
   */
  get(stage: PlannedStage, name: string, make: () => HostTensor): Tensor {
    const key = keyOf(stage, name);
    const known = this.tensors.get(key);
    if (known) return known;
    const tensor = tf.keep(upload(make()));
    this.tensors.set(key, tensor);
    return tensor;
  }

  dispose(): void {
    tf.dispose([...this.tensors.values()]);
    this.tensors.clear();
  }
}

function keyOf(stage: PlannedStage, name: string): string {
  const slot = name.split('/', 1)[0]!;
  const resource = stage.resources[slot];
  const plugin = stage.use.split('/', 1)[0]!;
  return resource === undefined ? `stage ${stage.scope} ${name}` : `resource ${resource} ${plugin} ${name.slice(slot.length)}`;
}
