import { ShellSyntaxError, type Dialect } from './syntax.js';

/** Words with a meaning of their own where a command begins. */
export const RESERVED = new Set('if then elif else fi for while until do done case esac in { } !'.split(' '));

const MAX_NESTING = 50;
const MAX_SCRIPT = 2 * 1024 * 1024;

export interface CursorOptions {
  readonly dialect: Dialect;
  /** More text may follow: a here-document that has not ended is incomplete. */
  readonly more?: boolean | undefined;
  readonly firstLine?: number | undefined;
  readonly nesting?: number | undefined;
}

/** A position in a script's text. */
export class Cursor {
  position = 0;
  /** Here-documents whose text begins after the next line end. */
  readonly pendingHereDocuments: (() => void)[] = [];
  readonly bash: boolean;
  #nesting: number;
  readonly #firstLine: number;
  #counted: { position: number; line: number };

  constructor(
    readonly text: string,
    readonly options: CursorOptions,
  ) {
    this.bash = options.dialect === 'bash';
    this.#nesting = options.nesting ?? 0;
    this.#firstLine = options.firstLine ?? 1;
    this.#counted = { position: 0, line: this.#firstLine };
    if (text.length > MAX_SCRIPT) throw new ShellSyntaxError('script too long', false, this.#firstLine);
  }

  /** A cursor over a part that had to be unquoted first; nesting and lines count on. */
  inner(text: string): Cursor {
    return new Cursor(text, { ...this.options, nesting: this.#nesting, firstLine: this.line });
  }

  /** The line of the cursor. */
  get line(): number {
    let { position, line } = this.#counted;
    if (position > this.position) [position, line] = [0, this.#firstLine];
    for (; position < this.position; position++) if (this.text[position] === '\n') line++;
    this.#counted = { position, line };
    return line;
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  peek(offset = 0): string {
    return this.text[this.position + offset] ?? '';
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.position);
  }

  /** What follows, at most `length` characters of it. */
  rest(length: number): string {
    return this.text.slice(this.position, this.position + length);
  }

  next(): string {
    return this.text[this.position++] ?? '';
  }

  /** Steps over `text` if it is next. */
  accept(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.position += text.length;
    return true;
  }

  /** Takes what the sticky `pattern` matches here; empty when it does not. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  /** Everything up to the single quote that closes; it is stepped over. */
  untilQuote(): string {
    const index = this.text.indexOf("'", this.position);
    if (index < 0) throw this.unterminated("'");
    const found = this.text.slice(this.position, index);
    this.position = index + 1;
    return found;
  }

  /** Runs `parse` one level deeper; nesting is bounded because each level costs stack. */
  nested<T>(parse: () => T): T {
    if (++this.#nesting > MAX_NESTING) throw this.error('script nested too deeply');
    const result = parse();
    this.#nesting--;
    return result;
  }

  error(message: string, incomplete = false, line = this.line): ShellSyntaxError {
    return new ShellSyntaxError(message, incomplete, line);
  }

  /** The text ends too early; `expecting` is the word that dash would name. */
  incomplete(expecting?: string): ShellSyntaxError {
    const { line } = this;
    this.position = this.text.length;
    if (this.bash) {
      // bash adds the line end that the text may lack.
      const last = this.text.endsWith('\n') ? this.line : this.line + 1;
      return this.error('syntax error: unexpected end of file', true, last);
    }
    return this.error(
      `Syntax error: end of file unexpected${named(expecting)}`,
      true,
      Math.max(line, this.line),
    );
  }

  /** A quote, bracket or brace that nothing closes. */
  unterminated(opened: "'" | '"' | '`' | '}' | ')'): ShellSyntaxError {
    const { line } = this;
    this.position = this.text.length;
    if (this.bash) return this.error(`unexpected EOF while looking for matching \`${opened}'`, true, line);
    return this.error(`Syntax error: ${UNTERMINATED[opened]}`, true, opened === '}' ? line : this.line);
  }

  unexpected(token: string, expecting?: string): ShellSyntaxError {
    if (token === '') return this.incomplete(expecting);
    if (!this.bash) {
      const line = token === '\n' ? this.line + 1 : this.line;
      return this.error(`Syntax error: ${dashToken(token)} unexpected${named(expecting)}`, false, line);
    }
    const shown = token === '\n' ? 'newline' : token;
    const start = this.text.lastIndexOf('\n', this.position - 1) + 1;
    const [source = ''] = this.text.slice(start).split('\n', 1);
    return this.error(`syntax error near unexpected token \`${shown}'\n\`${source}'`);
  }
}

const UNTERMINATED = {
  "'": 'Unterminated quoted string',
  '"': 'Unterminated quoted string',
  '`': 'EOF in backquote substitution',
  '}': "Missing '}'",
  ')': "Missing '))'",
} as const;

function named(expecting: string | undefined): string {
  return expecting === undefined ? '' : ` (expecting "${expecting}")`;
}

/** How dash names a token: operators and reserved words by themselves, all else by its kind. */
function dashToken(token: string): string {
  if (token === '\n') return 'newline';
  if (/^[<>]/.test(token)) return 'redirection';
  return /^[;&|()]/.test(token) || RESERVED.has(token) ? `"${token}"` : 'word';
}
