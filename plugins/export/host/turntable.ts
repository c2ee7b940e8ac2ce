import { interpolateHost, renderWith, type Raster } from '../../rasterizer/index.js';
import { sampleInto, shrunk } from '../../texture/index.js';
import { drawSheet } from './sheet.js';
import { toByte } from './colour.js';
import type { Picture } from './picture.js';
import type { GivenTexture } from './texture-input.js';

/** Texels along a picture's side: a face fills most of its texture, but half of a view. */
const texelsPerPixel = 2.5;

export interface TurntableMesh {
  readonly vertices: Float32Array;
  readonly triangles: Int32Array;
  readonly albedo: Float32Array;
  readonly light: Float32Array;
  /** Takes the place of the vertices' albedo. */
  readonly texture?: GivenTexture;
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
  const albedoOf = pixelAlbedo(mesh, size);
  const pictures = yaws.map((yaw): Picture => {
    const vertices = turned(centred, (yaw * Math.PI) / 180);
    const { image, coverage } = renderWith(vertices, mesh.triangles, albedoOf, mesh.light, size);
    const data = Uint8Array.from(image, (value, index) => (coverage[Math.floor(index / 3)]! > 0 ? toByte(value) : 255));
    return { width: size, height: size, data };
  });
  return drawSheet(yaws.map((yaw) => `${yaw > 0 ? '+' : ''}${yaw.toFixed(0)}°`), [{ label: '', pictures }]);
}

/** From the texture, shrunk until its texels are about as large as the pixels of the face; else from the vertices. */
function pixelAlbedo({ triangles, albedo, texture }: TurntableMesh, size: number): (raster: Raster) => Float64Array | Float32Array {
  if (!texture) return (raster) => interpolateHost(albedo, 3, triangles, raster);
  const picture = shrunk(texture.picture, texelsPerPixel * size);
  return (raster) => {
    const places = interpolateHost(texture.uvs, 2, triangles, raster);
    const colours = new Float32Array(raster.ids.length * 3);
    raster.ids.forEach((id, pixel) => {
      if (id >= 0) sampleInto(picture, places[pixel * 2]! * picture.width, (1 - places[pixel * 2 + 1]!) * picture.height, colours, pixel * 3);
    });
    return colours;
  };
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
