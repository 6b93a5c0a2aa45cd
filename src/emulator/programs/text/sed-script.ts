import { UsageError } from '../../os/execute.js';
import {
  compileRegularExpression,
  RegularExpressionError,
  type RegularExpression,
} from '../../regex/index.js';

export type SedAddress =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  /** GNU's `first~step`. */
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  /** As the end of a range: `+n`, or `~n` (up to the next multiple). */
  | { readonly kind: 'offset'; readonly lines: number }
  | { readonly kind: 'multiple'; readonly of: number }
  /** Undefined = the expression that was used last. */
  | { readonly kind: 'match'; readonly expression: RegularExpression | undefined };

export type SedName =
  | '{'
  | '}'
  | ':'
  | '='
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'D'
  | 'g'
  | 'G'
  | 'h'
  | 'H'
  | 'i'
  | 'n'
  | 'N'
  | 'p'
  | 'P'
  | 'q'
  | 'Q'
  | 'r'
  | 's'
  | 't'
  | 'T'
  | 'w'
  | 'x'
  | 'y';

export interface SedCommand {
  readonly from: SedAddress | undefined;
  readonly to: SedAddress | undefined;
  readonly negated: boolean;
  readonly name: SedName;
  /** For s: what is looked for; undefined = the expression that was used last. */
  readonly expression: RegularExpression | undefined;
  /** s: the replacement; a, i, c: the text; y: two alphabets around a line end; b, t: label; r, w: file; q: status. */
  readonly text: string;
  readonly flags: string;
  /** For `{`, b, t, T: the place of the command to go on with. */
  target: number;
}

const BLANKS = /[ \t]*/y;
const COMMAND_END = /[ \t]*(?:[;\n]|#[^\n]*|$|(?=\}))/y;

/** Parses a sed script, of which only `l`, `e`, `F`, `z` and `v` are missing. Throws UsageError. */
export class SedParser {
  #at = 0;
  readonly #commands: SedCommand[] = [];
  readonly #open: number[] = [];

  readonly #script: string;
  readonly #extended: boolean;

  constructor(script: string, extended: boolean) {
    this.#script = script;
    this.#extended = extended;
  }

  parse(): SedCommand[] {
    for (;;) {
      this.#take(/[ \t;\n]*(?:#[^\n]*\n?[ \t;\n]*)*/y);
      if (this.#at >= this.#script.length) break;
      this.#commands.push(this.#command());
    }
    if (this.#open.length > 0) throw this.#error("unmatched `{'", 0);
    for (const command of this.#commands) this.#resolve(command);
    return this.#commands;
  }

  /** Gives a branch its target: behind the label, or the end of the script. */
  #resolve(command: SedCommand): void {
    if (!['b', 't', 'T'].includes(command.name)) return;
    const label = this.#commands.findIndex(({ name, text }) => name === ':' && text === command.text);
    if (label < 0 && command.text !== '')
      throw new UsageError(`can't find label for jump to \`${command.text}'`, 4);
    command.target = label < 0 ? this.#commands.length : label;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#script)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #command(): SedCommand {
    const from = this.#address(false);
    const to = from !== undefined && this.#take(/[ \t]*,[ \t]*/y) !== '' ? this.#address(true) : undefined;
    const negated = this.#take(/[ \t]*!/y) !== '';
    this.#take(BLANKS);
    const name = this.#script.charAt(this.#at++);
    const common = { from, to, negated, expression: undefined, flags: '', text: '', target: 0 };
    switch (name) {
      case 's':
        return { ...common, ...this.#substitution(), name };
      case 'y':
        return { ...common, name, text: this.#alphabets() };
      case 'a':
      case 'i':
      case 'c':
        return { ...common, name, text: this.#text() };
      case '{':
        this.#open.push(this.#commands.length);
        return { ...common, name };
      case '}':
        this.#close();
        return { ...common, name };
      case ':':
        this.#take(BLANKS);
        return { ...common, name, text: this.#take(/[^\n;]*/y).trim() };
      case 'b':
      case 't':
      case 'T':
        this.#take(BLANKS);
        return { ...common, name, text: this.#take(/[^\n;}]*/y).trim() };
      case 'r':
      case 'w':
        this.#take(BLANKS);
        return { ...common, name, text: this.#take(/[^\n]*/y) };
      case 'q':
      case 'Q': {
        this.#take(BLANKS);
        const text = this.#take(/\d*/y);
        this.#end();
        return { ...common, name, text };
      }
      case '=':
      case 'd':
      case 'D':
      case 'g':
      case 'G':
      case 'h':
      case 'H':
      case 'n':
      case 'N':
      case 'p':
      case 'P':
      case 'x':
        this.#end();
        return { ...common, name };
      default:
        throw this.#error(name === '' ? 'missing command' : `unknown command: \`${name}'`);
    }
  }

  #end(): void {
    const before = this.#at;
    if (
      this.#take(COMMAND_END) !== '' ||
      this.#at >= this.#script.length ||
      this.#script.charAt(this.#at) === '}'
    )
      return;
    this.#at = before + 1;
    throw this.#error('extra characters after command');
  }

  #close(): void {
    const start = this.#open.pop();
    const opening = start === undefined ? undefined : this.#commands[start];
    if (opening === undefined) throw this.#error("unexpected `}'");
    opening.target = this.#commands.length;
    this.#end();
  }

  #address(ends: boolean): SedAddress | undefined {
    const line = this.#take(/\d+/y);
    if (line !== '') {
      const step = ends ? '' : this.#take(/~\d+/y);
      if (step === '') return { kind: 'line', line: Number(line) };
      return { kind: 'step', first: Number(line), step: Number(step.slice(1)) };
    }
    const relative = ends ? this.#take(/[+~]\d+/y) : '';
    if (relative.startsWith('+')) return { kind: 'offset', lines: Number(relative.slice(1)) };
    if (relative !== '') return { kind: 'multiple', of: Number(relative.slice(1)) };
    if (this.#take(/\$/y) !== '') return { kind: 'last' };
    if (!/[/\\]/.test(this.#script.charAt(this.#at))) return undefined;
    if (this.#script.charAt(this.#at) === '\\') this.#at++;
    const pattern = this.#delimited('unterminated address regex', true);
    return { kind: 'match', expression: this.#compile(pattern, this.#take(/[IM]*/y)) };
  }

  #substitution(): Pick<SedCommand, 'expression' | 'text' | 'flags'> {
    const problem = "unterminated `s' command";
    const pattern = this.#delimited(problem, true);
    this.#at--;
    const text = this.#delimited(problem, false);
    let flags = this.#take(/[gpiImM0-9]*/y);
    if (this.#script.charAt(this.#at) === 'w') flags += this.#take(/w[^\n]*/y);
    else if (
      this.#take(COMMAND_END) === '' &&
      this.#at < this.#script.length &&
      this.#script.charAt(this.#at) !== '}'
    ) {
      this.#at++;
      throw this.#error("unknown option to `s'");
    }
    const expression = this.#compile(pattern, flags);
    const [, highest] = /\\([1-9])/.exec(text) ?? [];
    if (highest !== undefined && expression !== undefined && Number(highest) > expression.groups)
      throw this.#error(`invalid reference \\${highest} on \`s' command's RHS`);
    return { expression, text, flags };
  }

  #alphabets(): string {
    const problem = "unterminated `y' command";
    const from = unescaped(this.#delimited(problem, false));
    this.#at--;
    const to = unescaped(this.#delimited(problem, false));
    this.#end();
    if (Array.from(from).length !== Array.from(to).length)
      throw this.#error("strings for `y' command are different lengths");
    return `${from}\n${to}`;
  }

  /** The text of a, i, c: on the same line, or behind a backslash on the next ones. */
  #text(): string {
    const classic = this.#take(/[ \t]*\\[ \t]*\n/y) !== '';
    if (!classic) {
      this.#take(BLANKS);
      // One backslash keeps the blanks behind it.
      this.#take(/\\(?=[ \t])/y);
    }
    if (this.#at >= this.#script.length) throw this.#error("expected \\ after `a', `c' or `i'");
    return this.#take(/(?:\\[^]|[^\n\\])*/y).replace(/\\([^])/g, '$1');
  }

  /** What stands between the delimiter at the cursor and its next appearance outside of brackets. */
  #delimited(problem: string, pattern: boolean): string {
    const delimiter = this.#script.charAt(this.#at++);
    let text = '';
    for (;;) {
      const bracket = pattern ? this.#take(/\[\^?\]?(?:\[:[a-z]+:\]|[^\]\n])*\]/y) : '';
      text += bracket;
      if (bracket !== '') continue;
      const char = this.#script.charAt(this.#at++);
      if (char === '' || (pattern && char === '\n')) {
        this.#at = Math.min(this.#at, this.#script.length);
        throw this.#error(problem);
      }
      if (char === delimiter) return text;
      if (char !== '\\') {
        text += char;
        continue;
      }
      const escaped = this.#script.charAt(this.#at++);
      text += escaped === delimiter && escaped !== '&' ? escaped : `\\${escaped}`;
    }
  }

  /** Undefined = the pattern is empty. */
  #compile(pattern: string, flags: string): RegularExpression | undefined {
    if (pattern === '') return undefined;
    try {
      return compileRegularExpression(pattern, { extended: this.#extended, ignoreCase: /i/i.test(flags) });
    } catch (error) {
      throw error instanceof RegularExpressionError ? this.#error(error.message) : error;
    }
  }

  #error(problem: string, char = this.#at): UsageError {
    return new UsageError(`-e expression #1, char ${char}: ${problem}`);
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (whole, char: string) =>
    char === 'n' ? '\n' : char === '\\' || char === '/' ? char : whole,
  );
}
