import { basename } from 'node:path';
import { FlowError, implementSink, writeFileAtomic } from '../../../framework/index.js';
import { pathStem } from '../host/file-name.js';
import { writeGlb } from '../host/glb.js';
import { colouredMesh, scaledMesh, type MeshTexture } from '../host/mesh.js';
import { meshInput } from '../host/mesh-input.js';
import { writeMtl, writeObj } from '../host/obj.js';
import { pictureOf } from '../host/picture.js';
import { writePly } from '../host/ply.js';
import { writePng } from '../host/png.js';
import { bakeTexture } from '../host/texture.js';
import { textureInput } from '../host/texture-input.js';
import { mesh } from '../plugin.js';

const perDecimetre = { mm: 100, cm: 10, dm: 1, m: 0.1 } as const;

export const stage = implementSink(mesh, {
  create: async ({ options, resource, folder, stage: name }) => {
    const { triangles, uvs } = resource('face');
    const { formats, units } = options;
    const baked = async (colours: Float32Array): Promise<MeshTexture | undefined> => {
      if (options.texture === 0) return undefined;
      if (!uvs) {
        throw new FlowError('FLOW_OPTION', {
          message: 'This face model has no texture coordinates.', who: name, got: `texture: ${options.texture}`, cure: 'Set texture: 0.',
        });
      }
      const { picture, uvs: places } = bakeTexture(uvs, triangles, colours, options.texture);
      return { uvs: places, png: await writePng(picture) };
    };
    return {
      write: async (inputs, call) => {
        const stem = pathStem(folder, call);
        const colours = inputs.albedo.data as Float32Array;
        const given = textureInput(name, inputs);
        const texture = given ? { uvs: given.uvs, png: await writePng(pictureOf(inputs.texture!)) } : await baked(colours);
        const written = { ...colouredMesh(meshInput(name, inputs), triangles, colours), texture };
        const inUnits = scaledMesh(written, perDecimetre[units]);
        if (formats.includes('glb')) writeFileAtomic(`${stem}.glb`, await writeGlb(scaledMesh(written, perDecimetre.m)));
        if (formats.includes('ply')) writeFileAtomic(`${stem}.ply`, writePly(inUnits));
        if (!formats.includes('obj')) return;
        const library = texture && `${basename(stem)}.mtl`;
        writeFileAtomic(`${stem}.obj`, writeObj(inUnits, { comment: `faceflow, ${units}, ${call.key}`, library }));
        if (!texture) return;
        writeFileAtomic(`${stem}.mtl`, writeMtl(`${basename(stem)}-albedo.png`));
        writeFileAtomic(`${stem}-albedo.png`, texture.png);
      },
    };
  },
});
