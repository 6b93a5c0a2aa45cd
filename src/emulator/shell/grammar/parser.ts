import { Cursor, RESERVED, type CursorOptions } from './cursor.js';
import { parseCompound, type CommandParser } from './compound-parser.js';
import { parseRedirect } from './redirect-parser.js';
import type {
  AndOrList,
  Assignment,
  Command,
  Pipeline,
  Redirect,
  Script,
  ShellSyntaxError,
  Word,
} from './syntax.js';
import { WordParser } from './word-parser.js';

const CLOSING = new Set('then elif else fi do done esac }'.split(' '));
const ASSIGNMENT = { dash: /[A-Za-z_][A-Za-z0-9_]*=/y, bash: /[A-Za-z_][A-Za-z0-9_]*\+?=/y } as const;
const FUNCTION_NAME = {
  dash: /[A-Za-z_][A-Za-z0-9_]*(?=[ \t]*\([ \t]*\))/y,
  bash: /[A-Za-z_][A-Za-z0-9_-]*(?=[ \t]*\([ \t]*\))/y,
} as const;

/** Parses a whole script. Throws ShellSyntaxError. */
export function parse(text: string, options: CursorOptions): Script {
  return new Parser(new Cursor(text, options)).script('');
}

/**
 * A script's commands, line by line: a shell runs what stands before a syntax error, unless it is on the
 * same line. Throws ShellSyntaxError.
 */
export function* commandsOf(text: string, options: CursorOptions): Generator<Script> {
  const parser = new Parser(new Cursor(text, options));
  for (let next = parser.line(); next !== undefined; next = parser.line()) yield next;
}

/** Recursive descent over one cursor. */
class Parser implements CommandParser {
  readonly words = new WordParser((inner, end) => new Parser(inner).script(end));

  constructor(readonly cursor: Cursor) {}

  /** The commands up to the end of the line on which the last of them ends; undefined = there are no more. */
  line(): Script | undefined {
    this.skipLines();
    if (this.cursor.atEnd) return undefined;
    const lists: AndOrList[] = [];
    for (;;) {
      if (CLOSING.has(this.reserved())) throw this.cursor.unexpected(this.reserved());
      const list = this.#andOr();
      lists.push(list);
      this.skipBlanks();
      const separated = list.background || this.#separator();
      this.skipBlanks();
      if (this.cursor.peek() === '' || this.cursor.accept('\n')) {
        this.#startHereDocuments();
        return lists;
      }
      if (!separated) throw this.cursor.unexpected(this.#token());
    }
  }

  /** Commands up to `end`: `)`, or the end of the text when `end` is empty. `end` is stepped over. */
  script(end: string): Script {
    const lists = this.lists(
      () => (end === '' ? this.cursor.atEnd : this.cursor.peek() === end),
      end === '' ? undefined : end,
    );
    if (end !== '' && !this.cursor.accept(end)) throw this.cursor.incomplete(end);
    if (!this.cursor.atEnd || end !== '') return lists;
    this.#startHereDocuments();
    return lists;
  }

  /** Commands up to (not including) one of the reserved words; at least one command. */
  body(...ends: readonly string[]): Script {
    const lists = this.lists(() => ends.includes(this.reserved()), ends.at(-1));
    if (lists.length === 0) throw this.cursor.unexpected(this.reserved());
    return lists;
  }

  /** Commands until `atEnd`; `expecting` is what an error says is missing. */
  lists(atEnd: () => boolean, expecting?: string): AndOrList[] {
    const lists: AndOrList[] = [];
    for (;;) {
      this.skipLines();
      if (atEnd()) return lists;
      if (this.cursor.atEnd) throw this.cursor.incomplete(expecting);
      if (CLOSING.has(this.reserved()) || this.cursor.startsWith(';;') || this.cursor.peek() === ')')
        throw this.cursor.unexpected(this.#token(), lists.length === 0 ? undefined : expecting);
      const list = this.#andOr();
      lists.push(list);
      this.skipBlanks();
      const separated = list.background || this.#separator();
      if (!separated && !atEnd() && this.#token() !== '')
        throw this.cursor.unexpected(this.#token(), expecting);
    }
  }

  /** Steps over the reserved word or fails. */
  expect(word: string): void {
    this.skipLines();
    if (this.reserved() === word) {
      this.cursor.position += word.length;
      return;
    }
    throw this.cursor.unexpected(this.#token(), word);
  }

  /** The reserved word at the cursor, or an empty text. */
  reserved(): string {
    const start = this.cursor.position;
    const word = this.cursor.take(/[a-z]+(?![^\s;&|<>()])|[{}!](?=\s|;|$|[)&|])/y);
    this.cursor.position = start;
    return RESERVED.has(word) ? word : '';
  }

  skipBlanks(): void {
    this.cursor.take(/(?:[ \t]|\\\n)+/y);
    if (this.cursor.peek() === '#') this.cursor.take(/[^\n]*/y);
  }

  /** Skips blanks, comments and line ends. */
  skipLines(): void {
    for (;;) {
      this.skipBlanks();
      if (this.cursor.peek() !== '\n') return;
      this.cursor.next();
      this.#startHereDocuments();
    }
  }

  redirects(): Redirect[] {
    const found: Redirect[] = [];
    for (;;) {
      this.skipBlanks();
      const redirect = parseRedirect(this.cursor, this.words);
      if (redirect === undefined) return found;
      found.push(redirect);
    }
  }

  #startHereDocuments(): void {
    for (const start of this.cursor.pendingHereDocuments.splice(0)) start();
  }

  /** Steps over `;`. False when neither that nor a line end is there. */
  #separator(): boolean {
    if (this.cursor.peek() === '\n') return true;
    const after = this.cursor.peek(1);
    return after !== ';' && !(this.cursor.bash && after === '&') && this.cursor.accept(';');
  }

  #andOr(): AndOrList {
    const parts: AndOrList['parts'][number][] = [{ operator: undefined, pipeline: this.#pipeline() }];
    for (;;) {
      this.skipBlanks();
      const operator = this.cursor.accept('&&') ? '&&' : this.cursor.accept('||') ? '||' : undefined;
      if (operator === undefined) break;
      this.skipLines();
      parts.push({ operator, pipeline: this.#pipeline() });
    }
    const background = this.cursor.peek() === '&' && this.cursor.accept('&');
    return { parts, background };
  }

  #pipeline(): Pipeline {
    let negated = false;
    while (this.reserved() === '!') {
      if (negated && !this.cursor.bash) throw this.cursor.unexpected('!');
      this.cursor.next();
      this.skipBlanks();
      negated = !negated;
    }
    const commands = [this.command()];
    for (;;) {
      this.skipBlanks();
      if (this.cursor.peek() !== '|' || this.cursor.peek(1) === '|') return { negated, commands };
      this.cursor.next();
      if (this.cursor.bash && this.cursor.accept('&')) commands.push(withErrors(commands.pop()));
      this.skipLines();
      commands.push(this.command());
    }
  }

  command(): Command {
    return this.cursor.nested(() => parseCompound(this) ?? this.#function() ?? this.#simple());
  }

  #function(): Command | undefined {
    const { cursor } = this;
    const dialect = cursor.bash ? 'bash' : 'dash';
    const keyword = cursor.bash ? cursor.take(/function[ \t]+(?=[A-Za-z_])/y) : '';
    const name = cursor.take(keyword === '' ? FUNCTION_NAME[dialect] : /[A-Za-z_][A-Za-z0-9_-]*/y);
    if (name === '') return undefined;
    cursor.take(/[ \t]*\([ \t]*\)/y);
    this.skipLines();
    return { kind: 'function', name, body: this.command() };
  }

  #simple(): Command {
    const { cursor } = this;
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    const { line } = cursor;
    for (;;) {
      this.skipBlanks();
      if (words.length === 0 && CLOSING.has(this.reserved())) break;
      const redirect = parseRedirect(cursor, this.words);
      if (redirect !== undefined) {
        redirects.push(redirect);
        continue;
      }
      const name = words.length === 0 ? cursor.take(ASSIGNMENT[cursor.options.dialect]) : '';
      const word = this.words.word(cursor);
      if (name !== '') assignments.push(assignment(name, word));
      else if (word !== undefined) words.push(word);
      else break;
    }
    const count = assignments.length + words.length + redirects.length;
    if (count === 0) throw cursor.unexpected(this.#token());
    if (cursor.peek() === '(') throw this.#misplacedBracket(count === 1 && words.length === 1);
    return { kind: 'simple', assignments, words, redirects, line };
  }

  /** `word (`: what dash takes for the beginning of a function, if it is the only word. */
  #misplacedBracket(definition: boolean): ShellSyntaxError {
    const { cursor } = this;
    if (!definition || cursor.bash) return cursor.unexpected('(');
    cursor.next();
    this.skipBlanks();
    return cursor.accept(')')
      ? cursor.error('Syntax error: Bad function name')
      : cursor.unexpected(this.#token(), ')');
  }

  #token(): string {
    const start = this.cursor.position;
    const token = this.cursor.take(/;;|&&|\|\||[;&|()\n]|[<>]+[&|]?|[^\s;&|<>()]+/y);
    this.cursor.position = start;
    return token;
  }
}

function assignment(name: string, value: Word | undefined): Assignment {
  const append = name.endsWith('+=');
  return { name: name.slice(0, append ? -2 : -1), value: value ?? [], append };
}

/** The command before `|&`: its errors go into the pipe, too. */
function withErrors(command: Command | undefined): Command {
  const both: Redirect = { fd: 2, operator: '>&', target: [{ kind: 'literal', text: '1', quoted: false }] };
  if (command?.kind === 'simple' || command?.kind === 'compound')
    return { ...command, redirects: [...command.redirects, both] };
  const parts =
    command === undefined ? [] : [{ operator: undefined, pipeline: { negated: false, commands: [command] } }];
  const body = { kind: 'group', body: [{ parts, background: false }] } as const;
  return { kind: 'compound', body, redirects: [both], line: 1 };
}
