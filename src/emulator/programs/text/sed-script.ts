import { compileRegularExpression, type RegularExpression } from '../../regex/index.js';
import { UsageError } from '../../os/usage-error.js';

export type SedAddress =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'match'; readonly expression: RegularExpression };

export interface SedCommand {
  readonly from: SedAddress | undefined;
  readonly to: SedAddress | undefined;
  readonly negated: boolean;
  readonly name: 's' | 'd' | 'p' | 'a' | 'i' | 'c' | 'q' | 'y';
  /** For s: what is looked for. */
  readonly expression: RegularExpression | undefined;
  /** For s: the replacement; for a, i, c: the text; for y: the two alphabets, joined by a line end. */
  readonly text: string;
  readonly flags: string;
}

const COMMAND_END = /[ \t]*(?:;|\n|$|(?=\}))/y;

/** Parses the forms of sed scripts that provisioning uses: addresses, s, d, p, a, i, c, q, y. */
export class SedParser {
  #at = 0;

  constructor(
    private readonly script: string,
    private readonly extended: boolean,
  ) {}

  parse(): SedCommand[] {
    const commands: SedCommand[] = [];
    for (;;) {
      this.#take(/[ \t;\n]*(?:#[^\n]*\n?[ \t;\n]*)*/y);
      if (this.#at >= this.script.length) return commands;
      commands.push(this.#command());
    }
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.script)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #command(): SedCommand {
    const from = this.#address();
    const to = from !== undefined && this.#take(/[ \t]*,[ \t]*/y) !== '' ? this.#address() : undefined;
    const negated = this.#take(/[ \t]*![ \t]*/y) !== '';
    this.#take(/[ \t]*/y);
    const name = this.script.charAt(this.#at++);
    const common = { from, to, negated, expression: undefined, flags: '' };
    switch (name) {
      case 's':
        return { ...common, ...this.#substitution(), name };
      case 'y':
        return { ...common, name, text: `${this.#delimited(true)}\n${this.#rest()}` };
      case 'a':
      case 'i':
      case 'c':
        this.#take(/[ \t]*\\?\n?[ \t]*/y);
        return { ...common, name, text: this.#take(/(?:\\\n|[^\n])*/y).replace(/\\(.)/gs, '$1') };
      case 'd':
      case 'p':
      case 'q':
        this.#take(COMMAND_END);
        return { ...common, name, text: '' };
      default:
        throw this.#error(name === '' ? 'missing command' : `unknown command: \`${name}'`);
    }
  }

  #address(): SedAddress | undefined {
    const line = this.#take(/\d+/y);
    if (line !== '') return { kind: 'line', line: Number(line) };
    if (this.#take(/\$/y) !== '') return { kind: 'last' };
    if (!/[/\\]/.test(this.script.charAt(this.#at))) return undefined;
    if (this.script.charAt(this.#at) === '\\') this.#at++;
    return { kind: 'match', expression: this.#compile(this.#delimited(false), '') };
  }

  #substitution(): Pick<SedCommand, 'expression' | 'text' | 'flags'> {
    const pattern = this.#delimited(false);
    this.#at--;
    const text = this.#delimited(true);
    const flags = this.#take(/[gpiI0-9]*/y);
    this.#take(COMMAND_END);
    return { expression: this.#compile(pattern, flags), text, flags };
  }

  /** The rest of a `y` command: its second alphabet. */
  #rest(): string {
    this.#at--;
    const text = this.#delimited(true);
    this.#take(COMMAND_END);
    return text;
  }

  /** What stands between the delimiter at the cursor and its next appearance. */
  #delimited(keepEscapes: boolean): string {
    const delimiter = this.script.charAt(this.#at++);
    let text = '';
    for (;;) {
      const char = this.script.charAt(this.#at++);
      if (char === '') throw this.#error("unterminated `s' command");
      if (char === delimiter) return text;
      if (char !== '\\') {
        text += char;
        continue;
      }
      const escaped = this.script.charAt(this.#at++);
      const plain = escaped === delimiter && !(keepEscapes && escaped === '&');
      text += plain ? escaped : `\\${escaped}`;
    }
  }

  #compile(pattern: string, flags: string): RegularExpression {
    return compileRegularExpression(pattern, { extended: this.extended, ignoreCase: /i/i.test(flags) });
  }

  #error(problem: string): UsageError {
    return new UsageError(`-e expression #1, char ${this.#at}: ${problem}`);
  }
}
