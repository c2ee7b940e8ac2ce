import { clampUnit } from './colour.js';
import type { ColouredMesh } from './mesh.js';

/** A mesh as Wavefront OBJ text: `v x y z r g b` (the usual extension for vertex colours, sRGB in 0–1), `vn`, and `f a//a`. */
export function writeObj(mesh: ColouredMesh, comment = 'faceflow'): string {
  const { vertices, normals, colours, triangles } = mesh;
  const lines = [`# ${comment.replace(/[\r\n]+/g, ' ')}`];
  const rounded = (value: number): string => String(Number(value.toPrecision(7)));
  for (let at = 0; at < vertices.length; at += 3) {
    const point = [0, 1, 2].map((axis) => rounded(vertices[at + axis]!));
    const colour = [0, 1, 2].map((channel) => clampUnit(colours[at + channel]!).toFixed(4));
    lines.push(`v ${point.join(' ')} ${colour.join(' ')}`);
  }
  for (let at = 0; at < normals.length; at += 3) {
    lines.push(`vn ${[0, 1, 2].map((axis) => normals[at + axis]!.toFixed(5)).join(' ')}`);
  }
  for (let at = 0; at < triangles.length; at += 3) {
    lines.push(`f ${[0, 1, 2].map((corner) => `${triangles[at + corner]! + 1}//${triangles[at + corner]! + 1}`).join(' ')}`);
  }
  return `${lines.join('\n')}\n`;
}
