/**
 * The rows of a CSV text by column name (RFC 4180: quotes, doubled quotes, commas and line ends inside quotes; a byte order
 * mark is skipped). Cells that a row lacks are empty.
 */
export function readCsv(text: string): Record<string, string>[] {
  const [header = [], ...rows] = cellsOf(text.replace(/^\uFEFF/, ''));
  const names = header.map((name) => name.trim());
  return rows
    .filter((row) => row.some((cell) => cell !== ''))
    .map((row) => Object.fromEntries(names.map((name, column) => [name, row[column] ?? ''])));
}

function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|\n|\r|$)/y;
  while (cell.lastIndex < text.length) {
    const start = cell.lastIndex;
    const match = cell.exec(text);
    if (!match) throw new SyntaxError(`the CSV text cannot be read at character ${start}`);
    rows[rows.length - 1].push(match[1].startsWith('"') ? match[1].slice(1, -1).replaceAll('""', '"') : match[1]);
    if (match[2] !== ',' && match[2] !== '') rows.push([]);
  }
  return rows;
}
