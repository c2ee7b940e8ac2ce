import { clampUnit } from './colour.js';
import type { ColouredMesh } from './mesh.js';

export interface ObjOptions {
  /** Written into the first line. */
  readonly comment?: string;
  /** File name of the material library, for a mesh with a texture. */
  readonly library?: string;
}

/**
 * A mesh as Wavefront OBJ text: `v x y z r g b` (the usual extension for vertex colours, sRGB in 0–1), `vn`, `vt` where it has a
 * texture, and faces that count from one.
 */
export function writeObj(mesh: ColouredMesh, { comment = 'faceflow', library }: ObjOptions = {}): string {
  const { vertices, normals, colours, triangles, texture } = mesh;
  const lines = [`# ${comment.replace(/[\r\n]+/g, ' ')}`];
  if (library) lines.push(`mtllib ${library}`, 'usemtl skin');
  for (let at = 0; at < vertices.length; at += 3) {
    const point = [0, 1, 2].map((axis) => String(Number(vertices[at + axis]!.toPrecision(7))));
    const colour = [0, 1, 2].map((channel) => clampUnit(colours[at + channel]!).toFixed(4));
    lines.push(`v ${point.join(' ')} ${colour.join(' ')}`);
  }
  for (let at = 0; texture && at < texture.uvs.length; at += 2) {
    lines.push(`vt ${texture.uvs[at]!.toFixed(6)} ${texture.uvs[at + 1]!.toFixed(6)}`);
  }
  for (let at = 0; at < normals.length; at += 3) {
    lines.push(`vn ${[0, 1, 2].map((axis) => normals[at + axis]!.toFixed(5)).join(' ')}`);
  }
  for (let at = 0; at < triangles.length; at += 3) {
    const corners = [0, 1, 2].map((corner) => triangles[at + corner]! + 1);
    lines.push(`f ${corners.map((corner) => (texture ? `${corner}/${corner}/${corner}` : `${corner}//${corner}`)).join(' ')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The material library of a textured OBJ. */
export function writeMtl(textureFile: string): string {
  return ['newmtl skin', 'Ka 0 0 0', 'Kd 1 1 1', 'Ks 0 0 0', 'illum 1', `map_Kd ${textureFile}`, ''].join('\n');
}
