import { implementSink, writeFileAtomic } from '../../../framework/index.js';
import { pathStem } from '../host/file-name.js';
import { meshInput } from '../host/mesh-input.js';
import { writePng } from '../host/png.js';
import { textureInput } from '../host/texture-input.js';
import { drawTurntable, yawsOf } from '../host/turntable.js';
import { turntable } from '../plugin.js';

export const stage = implementSink(turntable, {
  create: async ({ options, resource, folder, stage: name }) => {
    const { triangles } = resource('face');
    const yaws = yawsOf(options.views, options.range);
    return {
      write: async (inputs, call) => {
        const mesh = {
          vertices: meshInput(name, inputs), triangles, albedo: inputs.albedo.data as Float32Array, light: inputs.light.data as Float32Array,
          texture: textureInput(name, inputs),
        };
        writeFileAtomic(`${pathStem(folder, call)}.png`, await writePng(drawTurntable(mesh, yaws, options.size)));
      },
    };
  },
});
