import { unescape } from '../grammar/escapes.js';
import type { Dialect } from '../grammar/syntax.js';

const DIRECTIVE = /%([-+ 0#]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%]?)/y;
const MAX_WIDTH = 4096;
const MAX_PRECISION = 100;

export interface Formatted {
  readonly text: string;
  readonly errors: readonly string[];
  readonly status: number;
}

/**
 * `printf`'s output: the format is used again as long as it takes arguments and some are left.
 * Wrong numbers count as what could be read of them and are named in `errors`.
 */
export function format(pattern: string, values: readonly string[], dialect: Dialect): Formatted {
  return new Formatting(pattern, values, dialect).run();
}

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

class Formatting {
  #text = '';
  readonly #errors: string[] = [];
  #status = 0;
  #next = 0;
  /** `\c` in a %b, or a directive that is none: nothing more is printed. */
  #ended = false;

  constructor(
    private readonly pattern: string,
    private readonly values: readonly string[],
    private readonly dialect: Dialect,
  ) {}

  run(): Formatted {
    do {
      const before = this.#next;
      this.#once();
      if (this.#next === before) break;
    } while (this.#next < this.values.length && !this.#ended);
    return { text: this.#text, errors: this.#errors, status: this.#status };
  }

  #once(): void {
    const rules = this.dialect === 'dash' ? 'dash-format' : 'bash-format';
    for (let at = 0; at < this.pattern.length && !this.#ended;) {
      const percent = this.pattern.indexOf('%', at);
      const plain = this.pattern.slice(at, percent < 0 ? undefined : percent);
      this.#text += unescape(plain, rules).text;
      if (percent < 0) return;
      DIRECTIVE.lastIndex = percent;
      const [whole = '%', flags = '', width, precision, conversion = ''] = DIRECTIVE.exec(this.pattern) ?? [];
      at = percent + whole.length;
      if (conversion === '%') this.#text += '%';
      else
        this.#directive(
          whole,
          flags,
          width,
          whole.includes('.') ? (precision ?? '0') : undefined,
          conversion,
        );
    }
  }

  #directive(
    whole: string,
    flags: string,
    width: string | undefined,
    precision: string | undefined,
    conversion: string,
  ): void {
    if (conversion === '' || !'bcdiosuxXqfFeEgG'.includes(conversion)) {
      this.#refuse(whole, conversion);
      return;
    }
    const columns = width === '*' ? Number(this.#integer(this.#value())) : Number(width ?? 0);
    const places = precision === '*' ? Number(this.#integer(this.#value())) : precision;
    const directive = {
      flags: columns < 0 ? `${flags}-` : flags,
      width: Math.min(Math.abs(columns), MAX_WIDTH),
      precision: places === undefined ? undefined : Math.min(Number(places), MAX_WIDTH),
    };
    this.#text += this.#converted(conversion, directive);
  }

  #refuse(whole: string, conversion: string): void {
    const dash = this.dialect === 'dash';
    if (conversion === '')
      this.#errors.push(dash ? 'missing format character' : "`%': missing format character");
    else
      this.#errors.push(dash ? `${whole}: invalid directive` : `\`${conversion}': invalid format character`);
    this.#status = dash ? 2 : 1;
    this.#ended = true;
  }

  #value(): string {
    return this.values[this.#next++] ?? '';
  }

  #converted(conversion: string, directive: Directive): string {
    switch (conversion) {
      case 's':
        return padded(cut(this.#value(), directive.precision), directive);
      case 'b': {
        const { text, ended } = unescape(this.#value(), this.dialect);
        this.#ended = ended;
        return padded(cut(text, directive.precision), directive);
      }
      case 'c':
        return padded(this.#value().slice(0, 1) || '\0', directive);
      case 'q':
        return padded(quoted(this.#value()), directive);
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
        return wholeNumber(this.#integer(this.#value()), conversion, directive);
      default:
        return fraction(this.#float(this.#value()), conversion, directive);
    }
  }

  #integer(text: string): bigint {
    if (/^['"]/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
    const [found = '', sign = '', digits = ''] = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text) ?? [];
    const octal = /^0[0-7]+/.exec(digits)?.[0];
    const read = octal === undefined ? found.length : found.length - digits.length + octal.length;
    this.#check(text, digits !== '', read);
    if (digits === '') return 0n;
    const value = BigInt(octal === undefined ? digits : `0o${octal.slice(1)}`);
    return sign === '-' ? -value : value;
  }

  #float(text: string): number {
    if (/^['"]/.test(text)) return text.codePointAt(1) ?? 0;
    const [found = ''] = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text) ?? [];
    this.#check(text, found !== '', found.length);
    return Number(found);
  }

  #check(text: string, numeric: boolean, read: number): void {
    if (text === '' || (numeric && read === text.length)) return;
    const problem = numeric ? 'not completely converted' : 'expected numeric value';
    this.#errors.push(`${text}: ${this.dialect === 'dash' ? problem : 'invalid number'}`);
    this.#status = 1;
  }
}

/** Widths and precisions of texts are bytes. */
function cut(text: string, bytes: number | undefined): string {
  return bytes === undefined ? text : Buffer.from(text).subarray(0, bytes).toString('utf8');
}

function padded(text: string, { flags, width }: Directive): string {
  const spaces = ' '.repeat(Math.max(0, width - Buffer.byteLength(text)));
  return flags.includes('-') ? `${text}${spaces}` : `${spaces}${text}`;
}

function wholeNumber(value: bigint, conversion: string, directive: Directive): string {
  const { flags, precision } = directive;
  const signed = conversion === 'd' || conversion === 'i';
  const magnitude = signed ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
  const base = conversion === 'o' ? 8 : /x/i.test(conversion) ? 16 : 10;
  let digits = magnitude.toString(base).padStart(precision ?? 0, '0');
  if (flags.includes('#') && conversion === 'o') digits = `0${digits}`;
  let prefix = flags.includes('#') && base === 16 && magnitude !== 0n ? '0x' : '';
  if (signed) prefix = signOf(value < 0n, flags);
  const text = withZeros(prefix, digits, directive, precision === undefined);
  return padded(conversion === 'X' ? text.toUpperCase() : text, directive);
}

function signOf(negative: boolean, flags: string): string {
  if (negative) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

function withZeros(prefix: string, digits: string, { flags, width }: Directive, allowed: boolean): string {
  const filled = allowed && flags.includes('0') && !flags.includes('-');
  return prefix + (filled ? digits.padStart(width - prefix.length, '0') : digits);
}

function fraction(value: number, conversion: string, directive: Directive): string {
  const { flags } = directive;
  const places = Math.min(directive.precision ?? 6, MAX_PRECISION);
  const magnitude = Math.abs(value);
  const kind = conversion.toLowerCase();
  const digits =
    kind === 'f'
      ? magnitude.toFixed(places)
      : kind === 'e'
        ? exponent(magnitude.toExponential(places))
        : general(magnitude, places === 0 ? 1 : places);
  const negative = value < 0 || Object.is(value, -0);
  const text = withZeros(signOf(negative, flags), digits, directive, true);
  return padded(kind === conversion ? text : text.toUpperCase(), directive);
}

/** C writes at least two digits of an exponent. */
function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

/** `%g`: the shorter of both forms, without zeros at the end. */
function general(value: number, places: number): string {
  const power = value === 0 ? 0 : Number(/e([-+]\d+)$/.exec(value.toExponential(places - 1))?.[1] ?? 0);
  if (power < -4 || power >= places) {
    const [digits = '', power10 = ''] = value.toExponential(places - 1).split('e');
    return exponent(`${withoutZeros(digits)}e${power10}`);
  }
  return withoutZeros(value.toFixed(Math.max(0, places - 1 - power)));
}

function withoutZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** As bash's `%q` writes a word: what would mean something has a backslash. */
function quoted(word: string): string {
  if (word === '') return "''";
  if (/[\n\t\r]/.test(word))
    return `$'${word.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}'`;
  return word.replace(/[^\w@%+=:./,\-\u0080-\uffff]/g, '\\$&');
}
