import { implementSink } from '../../../framework/index.js';
import { pathStem } from '../host/file-name.js';
import { writePng } from '../host/png.js';
import { drawTurntable, yawsOf } from '../host/turntable.js';
import { writeWhole } from '../host/write-file.js';
import { turntable } from '../plugin.js';

export const stage = implementSink(turntable, {
  create: async ({ options, resource, folder }) => {
    const { triangles } = resource('face');
    const yaws = yawsOf(options.views, options.range);
    return {
      write: async ({ vertices, albedo, light }, call) => {
        const [points, colours, gamma] = [vertices, albedo, light].map((tensor) => tensor.data as Float32Array) as [Float32Array, Float32Array, Float32Array];
        const strip = drawTurntable({ vertices: points, triangles, albedo: colours, light: gamma }, yaws, options.size);
        await writeWhole(`${pathStem(folder, call)}.png`, await writePng(strip));
      },
    };
  },
});
