import { Accessor, Document, NodeIO } from '@gltf-transform/core';
import { clampUnit, srgbToLinear } from './colour.js';
import type { ColouredMesh } from './mesh.js';

/**
 * A mesh as binary glTF 2.0 with positions, normals and COLOR_0, or a base colour texture where the mesh has one.
 *
 * glTF wants metres, y up, the front towards +z, and vertex colours in linear light: so give vertices in metres; colours are
 * converted from sRGB here. The material is white, rough and double-sided, so that viewers show the colours under their own light.
 */
export async function writeGlb(mesh: ColouredMesh, name = 'face'): Promise<Uint8Array> {
  const document = new Document();
  const buffer = document.createBuffer();
  const accessor = (type: 'VEC3' | 'VEC2' | 'SCALAR', array: Float32Array | Uint32Array): Accessor =>
    document.createAccessor().setType(Accessor.Type[type]).setArray(array as Float32Array<ArrayBuffer>).setBuffer(buffer);
  const material = document.createMaterial('skin').setRoughnessFactor(1).setMetallicFactor(0).setDoubleSided(true);
  const primitive = document.createPrimitive()
    .setMaterial(material)
    .setIndices(accessor('SCALAR', Uint32Array.from(mesh.triangles)))
    .setAttribute('POSITION', accessor('VEC3', mesh.vertices))
    .setAttribute('NORMAL', accessor('VEC3', mesh.normals));
  if (mesh.texture) {
    const { uvs, png } = mesh.texture;
    material.setBaseColorTexture(document.createTexture('albedo').setImage(png as Uint8Array<ArrayBuffer>).setMimeType('image/png'));
    // glTF counts v from the top.
    primitive.setAttribute('TEXCOORD_0', accessor('VEC2', uvs.map((value, index) => (index % 2 ? 1 - value : value))));
  } else {
    primitive.setAttribute('COLOR_0', accessor('VEC3', mesh.colours.map((value) => srgbToLinear(clampUnit(value)))));
  }
  const node = document.createNode(name).setMesh(document.createMesh(name).addPrimitive(primitive));
  const scene = document.createScene(name).addChild(node);
  document.getRoot().setDefaultScene(scene);
  return new NodeIO().writeBinary(document);
}
