import { charactersIn, drawText, letterHeight } from './bitmap-font.js';
import { blankPicture, paste, type Picture } from './picture.js';

export interface SheetRow {
  readonly label: string;
  readonly pictures: readonly Picture[];
}

const gap = 4;
const line = letterHeight + 2 * gap;

/**
 * A table of pictures: one labelled column for each entry of `columns`, one row, with its label above, for each of `rows`. With
 * `across` > 1 so many rows stand side by side, each under its own label. Columns are as wide as their widest picture. Labels that
 * do not fit are cut, keys at their beginning.
 */
export function drawSheet(columns: readonly string[], rows: readonly SheetRow[], across = 1): Picture {
  const widths = columns.map((_, index) => Math.max(24, ...rows.map((row) => row.pictures[index]!.width)));
  const block = widths.reduce((sum, one) => sum + one + gap, 0);
  const blocks = Math.min(across, Math.max(rows.length, 1));
  const lines = Array.from({ length: Math.ceil(rows.length / blocks) }, (_, index) => rows.slice(index * blocks, (index + 1) * blocks));
  const heights = lines.map((members) => Math.max(0, ...members.flatMap((row) => row.pictures.map((picture) => picture.height))));
  const sheet = blankPicture(gap + blocks * block, heights.reduce((sum, one) => sum + one + line, line + gap));
  for (let at = 0; at < blocks; at++) drawTitles(sheet, columns, widths, gap + at * block);
  let top = line;
  lines.forEach((members, index) => {
    members.forEach((row, at) => drawRow(sheet, row, widths, gap + at * block, top));
    top += line + heights[index]!;
  });
  return sheet;
}

function drawTitles(sheet: Picture, columns: readonly string[], widths: readonly number[], from: number): void {
  let left = from;
  columns.forEach((column, index) => {
    drawText(sheet, column.slice(0, charactersIn(widths[index]!)), left, gap);
    left += widths[index]! + gap;
  });
}

function drawRow(sheet: Picture, { label, pictures }: SheetRow, widths: readonly number[], from: number, top: number): void {
  const room = charactersIn(widths.reduce((sum, one) => sum + one + gap, -gap));
  drawText(sheet, label.length > room ? `~${label.slice(1 - room)}` : label, from, top + gap, 128);
  let left = from;
  pictures.forEach((picture, column) => {
    paste(sheet, picture, left, top + line);
    left += widths[column]! + gap;
  });
}
