import { renderHost } from '../../rasterizer/index.js';
import { drawSheet } from './sheet.js';
import { toByte } from './colour.js';
import type { Picture } from './picture.js';

export interface TurntableMesh {
  readonly vertices: Float32Array;
  readonly triangles: Int32Array;
  readonly albedo: Float32Array;
  readonly light: Float32Array;
}

/**
 * Views of a mesh turned about the vertical axis through its middle, side by side, each labelled with its yaw. The mesh is moved to
 * the origin first, so that it is in the picture whatever its translation. The light stays where it is; normals turn.
 *
 * @param yaws degrees; positive turns the face to the right of the image
 * @param size width and height of one view, px
 */
export function drawTurntable(mesh: TurntableMesh, yaws: readonly number[], size: number): Picture {
  const centred = centredVertices(mesh.vertices);
  const pictures = yaws.map((yaw): Picture => {
    const vertices = turned(centred, (yaw * Math.PI) / 180);
    const { image, coverage } = renderHost(vertices, mesh.triangles, mesh.albedo, mesh.light, size);
    const data = Uint8Array.from(image, (value, index) => (coverage[Math.floor(index / 3)]! > 0 ? toByte(value) : 255));
    return { width: size, height: size, data };
  });
  return drawSheet(yaws.map((yaw) => `${yaw > 0 ? '+' : ''}${yaw.toFixed(0)}°`), [{ label: '', pictures }]);
}

/** `count` angles from −range to +range degrees, evenly. */
export function yawsOf(count: number, range: number): number[] {
  return Array.from({ length: count }, (_, index) => (count === 1 ? 0 : -range + (2 * range * index) / (count - 1)));
}

function centredVertices(vertices: Float32Array): Float32Array {
  const middle = [0, 1, 2].map((axis) => {
    let low = Infinity;
    let high = -Infinity;
    for (let at = axis; at < vertices.length; at += 3) {
      low = Math.min(low, vertices[at]!);
      high = Math.max(high, vertices[at]!);
    }
    return (low + high) / 2;
  });
  return vertices.map((value, index) => value - middle[index % 3]!);
}

/** R_y(θ) v: x' = cos θ x + sin θ z, z' = −sin θ x + cos θ z. */
function turned(vertices: Float32Array, angle: number): Float32Array {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const result = vertices.slice();
  for (let at = 0; at < vertices.length; at += 3) {
    result[at] = cosine * vertices[at]! + sine * vertices[at + 2]!;
    result[at + 2] = cosine * vertices[at + 2]! - sine * vertices[at]!;
  }
  return result;
}
