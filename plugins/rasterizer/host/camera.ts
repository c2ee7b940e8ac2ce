/**
 * The pinhole camera of Deep3D (Deng et al. 2019; sicxu/Deep3DFaceRecon_pytorch, `models/bfm.py`).
 *
 * World frame: x right, y up, z towards the viewer, in decimetres. The camera stands at (0, 0, distance) and looks along −z.
 * With z_c = distance − z and a square image of `size` pixels:
 *
 *   column = f·x / z_c + size/2,   row = size/2 − f·y / z_c,   f = focal · size
 *
 * Columns and rows are continuous: the image covers [0, size] × [0, size], row 0 is its top edge, and the centre of pixel
 * (i, j) lies at (i + 0.5, j + 0.5). Deep3D writes v = f·y / z_c + size/2 with y up, so row = size − v. Where Deep3D writes
 * landmarks out as size − 1 − v it counts pixel centres as integers: the same point, half a pixel less on each axis.
 */
export interface Camera {
  /** Focal length in image sizes: 1015 px at 224 px is 4.53125. */
  readonly focal: number;
  /** Distance of the camera from the origin, dm. */
  readonly distance: number;
}

export const deep3dCamera: Camera = { focal: 1015 / 224, distance: 10 };

/** What lies nearer to the camera than this is not drawn, dm (Deep3D's TensorFlow renderer uses the same plane). */
export const nearPlane = 0.01;

export type Numbers = Float32Array | Float64Array;

/**
 * Projects points into the image.
 *
 * @param vertices V points (x, y, z), world frame, dm
 * @param size image size, px
 * @returns V triples (column, row, z_c): px, px, dm. Points at or behind the camera give a z_c ≤ 0, and no meaningful pixel.
 */
export function projectVertices(vertices: Numbers, size: number, camera: Camera = deep3dCamera): Float64Array {
  const projected = new Float64Array(vertices.length);
  const focal = camera.focal * size;
  const centre = size / 2;
  for (let at = 0; at < vertices.length; at += 3) {
    const depth = camera.distance - vertices[at + 2]!;
    projected[at] = centre + (focal * vertices[at]!) / depth;
    projected[at + 1] = centre - (focal * vertices[at + 1]!) / depth;
    projected[at + 2] = depth;
  }
  return projected;
}
