import { implementDevice, zeros } from '../../../framework/index.js';
import { constantResidual } from '../maths/constant-residual.js';
import { constant } from '../plugin.js';

export const stage = implementDevice(constant, {
  build: ({ resource, variable }) => {
    const residual = variable('residual', [resource('face').vertexCount, 3], zeros);
    return { run: ({ albedo }) => ({ residual: constantResidual(albedo, residual) }) };
  },
});
