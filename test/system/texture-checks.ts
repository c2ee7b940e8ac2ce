/** What must hold of textures that were taken from photos. */
import * as assert from 'uvu/assert';
import { projectVertices, shadeHost, vertexNormalsHost } from '../../plugins/rasterizer/index.js';
import { dataAt, tensorAt, varies, type Check } from './stage-checks.js';

interface Mesh {
  readonly triangles: Int32Array;
  readonly vertexCount: number;
}

export const textureChecks: Readonly<Record<string, Check>> = {
  'texture/from-photo': ({ inputs, outputs }, { keys, resources }) => {
    const { triangles, vertexCount } = resources.get('face') as Mesh;
    varies(outputs, 'albedo');
    keys.forEach((_, index) => {
      const [image, mask, vertices] = [dataAt(inputs, 'image', index), dataAt(inputs, 'mask', index), Float32Array.from(dataAt(inputs, 'vertices', index))];
      const size = tensorAt(inputs, 'image', index).shape[0]!;
      const side = tensorAt(outputs, 'texture', index).shape[0]!;
      const [texture, confidence, uvs] = [dataAt(outputs, 'texture', index), dataAt(outputs, 'confidence', index), dataAt(outputs, 'uvs', index)];
      assert.ok(Array.from(texture).every((value) => value >= 0 && value <= 1), 'a colour outside 0 … 1');
      const projected = projectVertices(vertices, size);
      const normals = vertexNormalsHost(vertices, triangles);
      const shade = shadeHost(normals, Float32Array.from(dataAt(inputs, 'light', index)));
      let [trusted, photoError, modelError, mapError] = [0, 0, 0, 0];
      for (let vertex = 0; vertex < vertexCount; vertex++) {
        const pixel = Math.floor(projected[vertex * 3 + 1]!) * size + Math.floor(projected[vertex * 3]!);
        const texel = Math.floor((1 - uvs[vertex * 2 + 1]!) * (side - 1)) * side + Math.floor(uvs[vertex * 2]! * (side - 1));
        if (!(confidence[texel]! > 0.8) || !(mask[pixel]! > 0.5)) continue;
        trusted++;
        for (let channel = 0; channel < 3; channel++) {
          const colour = (port: 'in' | 'out'): number => dataAt(port === 'in' ? inputs : outputs, 'albedo', index)[vertex * 3 + channel]!;
          const light = shade[vertex * 3 + channel]!;
          photoError += Math.abs(colour('out') * light - image[pixel * 3 + channel]!);
          modelError += Math.abs(colour('in') * light - image[pixel * 3 + channel]!);
          mapError += Math.abs(colour('out') - texture[texel * 3 + channel]!);
        }
      }
      assert.ok(trusted > 0.1 * vertexCount, `only ${trusted} vertices are trusted`);
      assert.ok(photoError < 0.8 * modelError, `the photo is off by ${photoError / trusted / 3}, the model by ${modelError / trusted / 3}`);
      assert.ok(mapError / trusted / 3 < 0.06, `texture and vertices differ by ${mapError / trusted / 3}`);
    });
  },
};
