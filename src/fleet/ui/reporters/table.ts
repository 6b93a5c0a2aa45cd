import { printable, type Row } from '../../context/reporter.js';

/** A text in lines no longer than `width`, broken between words; all but the first are indented. A long word stays whole. */
export function wrapped(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (line !== '' && joined.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = joined;
  }
  return [...lines, line].join('\n');
}

/** The beginning of a text, in one line of `width`. */
export function ellipsized(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`;
}

/** Less is no table any more: such a terminal breaks the lines itself. */
const NARROWEST = 20;
/** Columns with longer cells go below their row when there is no room beside it. */
const LONG = 24;

/**
 * Rows as aligned columns under their headings. Empty columns are left out. Where that is wider than `width`, long
 * texts stand below their row; where names alone are too long, everything else does.
 */
export function tableText(rows: readonly Row[], width = Number.POSITIVE_INFINITY): string {
  const room = Math.max(width, NARROWEST);
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = all.filter((column) => rows.some((row) => cell(row, column) !== ''));
  const whole = aligned(rows, columns);
  if (fits(whole, room)) return text(whole);
  const short = columns.filter(
    (column, index) => index === 0 || rows.every((row) => cell(row, column).length <= LONG),
  );
  const long = columns.filter((column) => !short.includes(column));
  const head = aligned(rows, short);
  return text(fits(head, room) ? withTexts(head, rows, long, room) : paragraphs(rows, columns, room));
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function fits(lines: readonly string[], width: number): boolean {
  return lines.every(({ length }) => length <= width);
}

/** The heading, and one line for each row. */
function aligned(rows: readonly Row[], columns: readonly string[]): readonly string[] {
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => cell(row, column).length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((one, index) => one.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const head = line(columns.map((column) => column.toUpperCase()));
  return [head, ...rows.map((row) => line(columns.map((column) => cell(row, column))))];
}

/** Below each row its long texts. */
function withTexts(
  [head = '', ...lines]: readonly string[],
  rows: readonly Row[],
  long: readonly string[],
  width: number,
): readonly string[] {
  return [head, ...rows.flatMap((row, index) => [lines[index] ?? '', ...below(row, long, width)])];
}

function below(row: Row, columns: readonly string[], width: number): readonly string[] {
  const cells = columns.map((column) => cell(row, column)).filter((one) => one !== '');
  return cells.map((one) => `  ${wrapped(one, width - 2).replaceAll('\n', '\n  ')}`);
}

/** A name on a line of its own, and below it all else. */
function paragraphs(
  rows: readonly Row[],
  [first = '', ...others]: readonly string[],
  width: number,
): readonly string[] {
  return rows.flatMap((row) => {
    const cells = others.map((column) => cell(row, column)).filter((one) => one !== '');
    const short = cells.filter(({ length }) => length <= LONG).join(', ');
    const long = cells.filter(({ length }) => length > LONG);
    return [
      cell(row, first),
      ...[short, ...long].flatMap((one) => (one === '' ? [] : below({ one }, ['one'], width))),
    ];
  });
}

function cell(row: Row, column: string): string {
  const value = row[column] ?? '';
  return printable(typeof value === 'object' ? value.shown : String(value));
}
