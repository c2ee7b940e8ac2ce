/** The contract of a device stage for tests of replicas. */
import { defineDevice, definePlugin, tensor, Type } from '../../index.js';

const place = tensor('float32', [2], 'place.unit');

export const pass = defineDevice({
  summary: 'Hands a place on.', version: 1, options: Type.Object({}, { additionalProperties: false }),
  in: { place }, out: { place }, load: () => import('./fragile-stage.js'),
});

export const plugin = definePlugin({ name: 'fragile', version: '0.1.0', framework: '^0.1.0', summary: 'A stage whose thread dies.', stages: { pass } });
