import { implementSink } from '../../../framework/index.js';
import { pathStem } from '../host/file-name.js';
import { writeGlb } from '../host/glb.js';
import { colouredMesh } from '../host/mesh.js';
import { writeObj } from '../host/obj.js';
import { writePly } from '../host/ply.js';
import { writeWhole } from '../host/write-file.js';
import { mesh } from '../plugin.js';

const perDecimetre = { mm: 100, cm: 10, dm: 1, m: 0.1 } as const;

export const stage = implementSink(mesh, {
  create: async ({ options, resource, folder }) => {
    const { triangles } = resource('face');
    return {
      write: async ({ vertices, albedo }, call) => {
        const stem = pathStem(folder, call);
        const scaled = (unit: keyof typeof perDecimetre) =>
          colouredMesh(vertices.data as Float32Array, triangles, albedo.data as Float32Array, perDecimetre[unit]);
        const { formats, units } = options;
        if (formats.includes('glb')) await writeWhole(`${stem}.glb`, await writeGlb(scaled('m')));
        if (formats.includes('obj')) await writeWhole(`${stem}.obj`, writeObj(scaled(units), `faceflow, ${units}, ${call.key}`));
        if (formats.includes('ply')) await writeWhole(`${stem}.ply`, writePly(scaled(units)));
      },
    };
  },
});
