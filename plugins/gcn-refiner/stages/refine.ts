import { implementDevice } from '../../../framework/index.js';
import { meshLevels } from '../host/mesh-levels.js';
import { meshRefiner } from '../networks/mesh-refiner.js';
import { refine } from '../plugin.js';

export const stage = implementDevice(refine, {
  build: ({ options, resource, variable }) => {
    const { triangles, meanShape } = resource('face');
    const levels = meshLevels({ positions: meanShape, triangles }, options.pooled ? 1 : 0);
    const network = meshRefiner(variable, levels, options);
    return { run: ({ albedo }) => ({ residual: network(albedo) }) };
  },
});
