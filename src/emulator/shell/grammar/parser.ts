import { Cursor } from './cursor.js';
import { parseCompound, type CommandParser } from './compound-parser.js';
import { parseRedirect } from './redirect-parser.js';
import type { AndOrList, Assignment, Command, Pipeline, Redirect, Script, Word } from './syntax.js';
import { WordParser } from './word-parser.js';

const RESERVED = new Set('if then elif else fi for while until do done case esac in { } !'.split(' '));
const CLOSING = new Set('then elif else fi do done esac }'.split(' '));
const ASSIGNMENT = /[A-Za-z_][A-Za-z0-9_]*=/y;
const FUNCTION_NAME = /[A-Za-z_][A-Za-z0-9_-]*(?=[ \t]*\([ \t]*\))/y;

/** Parses a whole script. Throws ShellSyntaxError. */
export function parse(text: string): Script {
  return new Parser(new Cursor(text)).script('');
}

/** Recursive descent over one cursor. */
class Parser implements CommandParser {
  readonly words = new WordParser((inner, end) => new Parser(inner).script(end));

  constructor(readonly cursor: Cursor) {}

  /** Commands up to `end`: `)`, or the end of the text when `end` is empty. `end` is stepped over. */
  script(end: string): Script {
    const lists = this.lists(() => (end === '' ? this.cursor.atEnd : this.cursor.peek() === end));
    if (end !== '' && !this.cursor.accept(end)) throw this.cursor.incomplete();
    if (!this.cursor.atEnd || end !== '') return lists;
    this.#startHereDocuments();
    return lists;
  }

  /** Commands up to (not including) one of the reserved words; at least one command. */
  body(...ends: readonly string[]): Script {
    const lists = this.lists(() => ends.includes(this.reserved()));
    if (lists.length === 0)
      throw this.cursor.atEnd ? this.cursor.incomplete() : this.cursor.unexpected(this.reserved());
    return lists;
  }

  lists(atEnd: () => boolean): AndOrList[] {
    const lists: AndOrList[] = [];
    for (;;) {
      this.skipLines();
      if (atEnd()) return lists;
      if (this.cursor.atEnd) throw this.cursor.incomplete();
      const list = this.#andOr();
      lists.push(list);
      this.skipBlanks();
      const separated = list.background || this.#separator();
      if (!separated && !atEnd() && this.#token() !== '') throw this.cursor.unexpected(this.#token());
    }
  }

  /** Steps over the reserved word or fails. */
  expect(word: string): void {
    this.skipLines();
    if (this.reserved() === word) {
      this.cursor.position += word.length;
      return;
    }
    throw this.cursor.atEnd ? this.cursor.incomplete() : this.cursor.unexpected(this.#token());
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
    return this.cursor.peek(1) !== ';' && this.cursor.accept(';');
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
      this.cursor.next();
      this.skipBlanks();
      negated = !negated;
    }
    const commands = [this.command()];
    for (;;) {
      this.skipBlanks();
      if (this.cursor.peek() !== '|' || this.cursor.peek(1) === '|') return { negated, commands };
      this.cursor.next();
      this.skipLines();
      commands.push(this.command());
    }
  }

  command(): Command {
    return this.cursor.nested(() => parseCompound(this) ?? this.#function() ?? this.#simple());
  }

  #function(): Command | undefined {
    const keyword = this.cursor.take(/function[ \t]+(?=[A-Za-z_])/y);
    const name = this.cursor.take(keyword === '' ? FUNCTION_NAME : /[A-Za-z_][A-Za-z0-9_-]*/y);
    if (name === '') return undefined;
    this.cursor.take(/[ \t]*\([ \t]*\)/y);
    this.skipLines();
    return { kind: 'function', name, body: this.command() };
  }

  #simple(): Command {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    const { line } = this.cursor;
    for (;;) {
      this.skipBlanks();
      if (words.length === 0 && CLOSING.has(this.reserved())) break;
      const redirect = parseRedirect(this.cursor, this.words);
      if (redirect !== undefined) {
        redirects.push(redirect);
        continue;
      }
      const name = words.length === 0 ? this.cursor.take(ASSIGNMENT).slice(0, -1) : '';
      const word = this.words.word(this.cursor);
      if (name !== '') assignments.push({ name, value: word ?? [] });
      else if (word !== undefined) words.push(word);
      else break;
    }
    if (assignments.length + words.length + redirects.length === 0) {
      throw this.cursor.atEnd ? this.cursor.incomplete() : this.cursor.unexpected(this.#token());
    }
    return { kind: 'simple', assignments, words, redirects, line };
  }

  #token(): string {
    const start = this.cursor.position;
    const token = this.cursor.take(/;;|&&|\|\||[;&|<>()\n]|[^\s;&|<>()]+/y);
    this.cursor.position = start;
    return token;
  }
}
