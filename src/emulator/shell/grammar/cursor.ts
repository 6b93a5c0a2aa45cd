import { ShellSyntaxError } from './syntax.js';

const MAX_NESTING = 50;
const MAX_SCRIPT = 2 * 1024 * 1024;

/** A position in a script's text. */
export class Cursor {
  position = 0;
  /** Here-documents whose text begins after the next line end. */
  readonly pendingHereDocuments: (() => void)[] = [];
  #nesting: number;
  #counted = { position: 0, line: 1 };

  constructor(
    readonly text: string,
    nesting = 0,
  ) {
    if (text.length > MAX_SCRIPT) throw new ShellSyntaxError('script too long', false);
    this.#nesting = nesting;
  }

  /** A cursor over a part that had to be unquoted first; nesting counts on. */
  inner(text: string): Cursor {
    return new Cursor(text, this.#nesting);
  }

  /** The line of the cursor, from 1. */
  get line(): number {
    let { position, line } = this.#counted;
    if (position > this.position) [position, line] = [0, 1];
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

  /** Everything up to `end`, which is stepped over. */
  until(end: string, opened: string): string {
    const index = this.text.indexOf(end, this.position);
    if (index < 0) throw this.incomplete(`unexpected EOF while looking for matching \`${opened}'`);
    const found = this.text.slice(this.position, index);
    this.position = index + end.length;
    return found;
  }

  /** Runs `parse` one level deeper; nesting is bounded because each level costs stack. */
  nested<T>(parse: () => T): T {
    if (++this.#nesting > MAX_NESTING) throw new ShellSyntaxError('script nested too deeply', false);
    const result = parse();
    this.#nesting--;
    return result;
  }

  incomplete(message = 'syntax error: unexpected end of file'): ShellSyntaxError {
    return new ShellSyntaxError(message, true);
  }

  unexpected(token: string): ShellSyntaxError {
    const shown = token === '\n' ? 'newline' : token;
    return new ShellSyntaxError(`syntax error near unexpected token \`${shown}'`, false);
  }
}
