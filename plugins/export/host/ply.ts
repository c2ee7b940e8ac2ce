import { toByte } from './colour.js';
import type { ColouredMesh } from './mesh.js';

const vertexBytes = 6 * 4 + 3;
const faceBytes = 1 + 3 * 4;

/** A mesh as binary little-endian PLY 1.0: x, y, z, nx, ny, nz as float; red, green, blue as uchar; triangles as int lists. */
export function writePly(mesh: ColouredMesh): Uint8Array {
  const { vertices, normals, colours, triangles } = mesh;
  const vertexCount = vertices.length / 3;
  const faceCount = triangles.length / 3;
  const header = new TextEncoder().encode([
    'ply', 'format binary_little_endian 1.0', 'comment faceflow', `element vertex ${vertexCount}`,
    ...['x', 'y', 'z', 'nx', 'ny', 'nz'].map((name) => `property float ${name}`),
    ...['red', 'green', 'blue'].map((name) => `property uchar ${name}`),
    `element face ${faceCount}`, 'property list uchar int vertex_indices', 'end_header', '',
  ].join('\n'));
  const bytes = new Uint8Array(header.length + vertexCount * vertexBytes + faceCount * faceBytes);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  let offset = header.length;
  for (let at = 0; at < vertices.length; at += 3, offset += vertexBytes) {
    for (let axis = 0; axis < 3; axis++) {
      view.setFloat32(offset + axis * 4, vertices[at + axis]!, true);
      view.setFloat32(offset + 12 + axis * 4, normals[at + axis]!, true);
      view.setUint8(offset + 24 + axis, toByte(colours[at + axis]!));
    }
  }
  for (let at = 0; at < triangles.length; at += 3, offset += faceBytes) {
    view.setUint8(offset, 3);
    for (let corner = 0; corner < 3; corner++) view.setInt32(offset + 1 + corner * 4, triangles[at + corner]!, true);
  }
  return bytes;
}
