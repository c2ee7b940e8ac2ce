/** A picture of a learned albedo: the mean, and each mode added and taken away. */
import sharp from 'sharp';
import { renderHost } from '../../../rasterizer/index.js';
import { albedoCount } from '../coefficients.js';
import type { FaceModel } from '../face-model.js';
import type { AlbedoModel } from '../fit/fit-colour.js';

const side = 96;
const columns = 12;
/** Standard deviations that a mode is moved by. */
const amount = 2.5;
/** Light from the front at the population's usual level. */
const light = Float32Array.from({ length: 27 }, (_, band) => (band % 9 === 0 ? 0.2 : band % 9 === 2 ? 0.06 : 0));

/** PNG: the mean and the first eleven modes, + above −; then the next twelve. */
export async function contactSheet(face: FaceModel, albedo: AlbedoModel): Promise<Uint8Array> {
  const rows = [[0, 1], [0, -1], [columns, 1], [columns, -1]] as const;
  const sheet = new Uint8Array(columns * side * rows.length * side * 3);
  rows.forEach(([first, sign], row) => {
    for (let column = 0; column < columns; column++) {
      const mode = first + column - 1;
      const colours = albedo.meanAlbedo.map((value, at) => value + (mode < 0 ? 0 : sign * amount * albedo.albedoBasis[at * albedoCount + mode]!));
      const { image } = renderHost(face.meanShape, face.triangles, colours, light, side);
      for (let line = 0; line < side; line++) {
        const bytes = Uint8Array.from(image.subarray(line * side * 3, (line + 1) * side * 3), (value) => 255 * Math.min(Math.max(value, 0), 1));
        sheet.set(bytes, ((row * side + line) * columns + column) * side * 3);
      }
    }
  });
  return sharp(sheet, { raw: { width: columns * side, height: rows.length * side, channels: 3 } }).png().toBuffer();
}
