import { printable, type Row } from './reporter.js';

/** Rows as aligned columns under their headings. Empty columns are left out. */
export function tableText(rows: readonly Row[]): string {
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = all.filter((column) => rows.some((row) => cell(row, column) !== ''));
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => cell(row, column).length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const head = line(columns.map((column) => column.toUpperCase()));
  return [head, ...rows.map((row) => line(columns.map((column) => cell(row, column))))].join('\n') + '\n';
}

function cell(row: Row, column: string): string {
  return printable(String(row[column] ?? ''));
}
