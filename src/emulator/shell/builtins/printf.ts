import { unescape } from '../grammar/escapes.js';

const DIRECTIVE =
  /\\(?:[abefnrtv\\'"]|x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|u[0-9a-fA-F]{1,4})|%%|%([-+ 0#]*)(\d+|\*)?(?:\.(\d+))?([bcdiosuxXq])/g;
const MAX_WIDTH = 4096;

/**
 * `printf`'s output: the format is used again as long as it takes arguments and some are left.
 * Wrong numbers count as 0 and are named in `errors`.
 */
export function format(pattern: string, values: readonly string[]): { text: string; errors: string[] } {
  const errors: string[] = [];
  let text = '';
  let next = 0;
  do {
    const before = next;
    text += pattern.replace(DIRECTIVE, (whole, ...groups: (string | undefined)[]) => {
      const [flags = '', width, precision, conversion] = groups;
      if (whole.startsWith('\\')) return unescape(whole);
      if (conversion === undefined) return '%';
      const columns = width === '*' ? Number(values[next++] ?? 0) : Number(width ?? 0);
      return pad(convert(conversion, values[next++] ?? '', precision, errors), columns, flags);
    });
    if (next === before) break;
  } while (next < values.length);
  return { text, errors };
}

function convert(conversion: string, value: string, precision: string | undefined, errors: string[]): string {
  switch (conversion) {
    case 's':
      return precision === undefined ? value : value.slice(0, Number(precision));
    case 'b':
      return unescape(value);
    case 'c':
      return value.slice(0, 1);
    case 'q':
      return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
    default:
      return numeric(conversion, value, errors);
  }
}

function numeric(conversion: string, value: string, errors: string[]): string {
  const number = value.startsWith("'") || value.startsWith('"') ? value.charCodeAt(1) : Number(value);
  if (!Number.isFinite(number)) errors.push(`${value}: invalid number`);
  const whole = Number.isFinite(number) ? Math.trunc(number) : 0;
  if (conversion === 'x') return whole.toString(16);
  if (conversion === 'X') return whole.toString(16).toUpperCase();
  return conversion === 'o' ? whole.toString(8) : String(whole);
}

function pad(text: string, width: number, flags: string): string {
  const columns = Math.min(Math.abs(width), MAX_WIDTH);
  if (flags.includes('-') || width < 0) return text.padEnd(columns);
  return text.padStart(columns, flags.includes('0') ? '0' : ' ');
}
