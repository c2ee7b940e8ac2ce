import { join } from 'node:path';
import { implementSink, writeFileAtomic } from '../../../framework/index.js';
import { contactSheet } from '../host/learn/contact-sheet.js';
import { learnAlbedo as learn } from '../host/learn/learn-albedo.js';
import { writeAlbedo } from '../host/learn/albedo-file.js';
import { vertexColours, type VertexColours } from '../host/learn/vertex-colours.js';
import { learnAlbedo } from '../plugin.js';

export const stage = implementSink(learnAlbedo, {
  async create({ options, resource, folder, log }) {
    const face = resource('face');
    const photos: VertexColours[] = [];
    return {
      async write({ image, mask, coefficients }) {
        photos.push(vertexColours(face, coefficients.data as Float32Array, { image: image.data, mask: mask.data, size: image.shape[0]! }));
      },
      async close() {
        if (photos.length === 0) return;
        const albedo = learn(face, photos, options, log);
        const notes = { face: face.name, photos: String(photos.length), errors: albedo.errors.map((error) => error.toFixed(4)).join(' '), toneShare: albedo.toneShare.toFixed(3) };
        writeAlbedo(join(folder, 'learned-albedo.safetensors'), albedo, notes);
        writeFileAtomic(join(folder, 'learned-albedo.png'), await contactSheet(face, albedo));
        writeFileAtomic(join(folder, 'learned-albedo.json'), `${JSON.stringify(notes, null, 2)}\n`);
      },
    };
  },
});
