import { charactersIn, drawText, letterHeight } from './bitmap-font.js';
import { blankPicture, paste, type Picture } from './picture.js';

export interface SheetRow {
  readonly label: string;
  readonly pictures: readonly Picture[];
}

const gap = 4;
const line = letterHeight + 2 * gap;

/**
 * A table of pictures: one labelled column for each entry of `columns`, one row, with its label above, for each of `rows`. Columns
 * are as wide as their widest picture. Labels that do not fit are cut, keys at their beginning.
 */
export function drawSheet(columns: readonly string[], rows: readonly SheetRow[]): Picture {
  const widths = columns.map((_, index) => Math.max(24, ...rows.map((row) => row.pictures[index]!.width)));
  const heights = rows.map((row) => Math.max(0, ...row.pictures.map((picture) => picture.height)));
  const width = widths.reduce((sum, one) => sum + one + gap, gap);
  const height = heights.reduce((sum, one) => sum + one + line, line + gap);
  const sheet = blankPicture(width, height);
  let left = gap;
  columns.forEach((column, index) => {
    drawText(sheet, column.slice(0, charactersIn(widths[index]!)), left, gap);
    left += widths[index]! + gap;
  });
  let top = line;
  rows.forEach((row, index) => {
    const room = charactersIn(width - 2 * gap);
    drawText(sheet, row.label.length > room ? `~${row.label.slice(1 - room)}` : row.label, gap, top + gap, 128);
    left = gap;
    row.pictures.forEach((picture, column) => {
      paste(sheet, picture, left, top + line);
      left += widths[column]! + gap;
    });
    top += line + heights[index]!;
  });
  return sheet;
}
