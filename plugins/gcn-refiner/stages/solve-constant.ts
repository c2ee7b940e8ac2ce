import { join } from 'node:path';
import { encodeSafetensors, float32, implementSink, writeFileAtomic } from '../../../framework/index.js';
import { coloursAt } from '../../coarse-3dmm/index.js';
import { ConstantSums } from '../host/constant-sums.js';
import { solveConstant } from '../plugin.js';

export const stage = implementSink(solveConstant, {
  async create({ options, resource, folder, log }) {
    const { vertexCount, triangles } = resource('face');
    const sums = new ConstantSums(vertexCount);
    let photos = 0;
    return {
      async write({ image, mask, vertices, albedo, light }) {
        sums.add(coloursAt(vertices.data as Float32Array, triangles, { image: image.data, mask: mask.data, size: image.shape[0]! }), albedo.data, light.data);
        photos++;
      },
      async close() {
        const residual = sums.solve(options.prior);
        const size = Math.sqrt(residual.reduce((sum, value) => sum + value * value, 0) / residual.length);
        log(`${photos} photos, root mean square of the residual ${size.toFixed(4)}`);
        // Named as the graph `constant` of pipelines/base/constant.yaml names it.
        const tensors = new Map([['constant/add/residual', float32(residual, [vertexCount, 3])]]);
        writeFileAtomic(join(folder, 'constant.safetensors'), encodeSafetensors(tensors, { photos: String(photos) }));
      },
    };
  },
});
