/** The part of a photo around one face. */
import sharp from 'sharp';

/** Side of the region in widths of the face: enough for a crop at any pose, and for the detector to see head and hair. */
const generosity = 2.5;

/**
 * Left, top, width, height in whole pixels: a square around the box, cut off at the borders of the upright photo. A file that
 * cannot be read gives the box itself; decoding it then says why.
 */
export async function regionAround(
  photo: Buffer, [left, top, width, height]: readonly [number, number, number, number],
): Promise<[number, number, number, number]> {
  const size = await sharp(photo).metadata().catch(() => undefined);
  if (!size?.autoOrient) return [Math.max(0, left), Math.max(0, top), width, height];
  const half = (generosity * Math.max(width, height)) / 2;
  const bound = (centre: number, extent: number): [number, number] => [
    Math.max(0, Math.floor(centre - half)), Math.min(extent, Math.ceil(centre + half)),
  ];
  const [x0, x1] = bound(left + width / 2, size.autoOrient.width);
  const [y0, y1] = bound(top + height / 2, size.autoOrient.height);
  return [x0, y0, x1 - x0, y1 - y0];
}
