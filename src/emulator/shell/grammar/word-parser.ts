import type { Cursor } from './cursor.js';
import { unescape } from './escapes.js';
import type { ParameterOperator, Script, Word, WordPart } from './syntax.js';

/** Parses commands up to `)`; given in because words and commands contain each other. */
export type ScriptParser = (cursor: Cursor, end: string) => Script;

/** What separates the two operands of an operator that has two. */
const DIVIDERS: Readonly<Record<string, string>> = { '/': '/', '//': '/', ':': ':' };

const METACHARACTERS = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')', '']);
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SPECIAL = /[0-9@*#?$!-]/y;
const OPERATOR = /:?[-=?+]|##?|%%?|\/\/?|:/y;

/** Parses words: quoting, parameters, command substitution, arithmetic. */
export class WordParser {
  constructor(private readonly parseScript: ScriptParser) {}

  /** The word at the cursor, or undefined when something else is there. */
  word(cursor: Cursor): Word | undefined {
    const start = cursor.position;
    const process = this.#process(cursor);
    if (process !== undefined) return [process];
    const word = this.#until(cursor, () => METACHARACTERS.has(cursor.peek()), false);
    return cursor.position === start ? undefined : word;
  }

  #process(cursor: Cursor): WordPart | undefined {
    const direction = cursor.accept('<(') ? 'read' : cursor.accept('>(') ? 'write' : undefined;
    if (direction === undefined) return undefined;
    const script = cursor.nested(() => this.parseScript(cursor, ')'));
    return { kind: 'process', direction, script, quoted: false };
  }

  /** A text in which only `$`, backquotes and some backslashes mean something: "…" and here-documents. */
  quotedText(cursor: Cursor, end: string): Word {
    return this.#until(cursor, () => (end === '' ? cursor.atEnd : cursor.peek() === end), true);
  }

  #until(cursor: Cursor, atEnd: () => boolean, quoted: boolean): Word {
    const parts: WordPart[] = [];
    let text = '';
    const flush = () => {
      if (text !== '') parts.push({ kind: 'literal', text, quoted });
      text = '';
    };
    while (!atEnd()) {
      if (cursor.atEnd)
        throw cursor.incomplete(`unexpected EOF while looking for matching \`${quoted ? '"' : '}'}'`);
      const special = this.#special(cursor, quoted);
      if (special === undefined) {
        text += cursor.next();
        continue;
      }
      flush();
      parts.push(...special);
    }
    flush();
    return parts;
  }

  /** What a special character stands for; undefined = the character is an ordinary one. */
  #special(cursor: Cursor, quoted: boolean): Word | undefined {
    const char = cursor.peek();
    if (char === '\\') return this.#backslash(cursor, quoted);
    if (char === '$') return this.#dollar(cursor, quoted);
    if (char === '`') return [this.#backquoted(cursor, quoted)];
    if (quoted) return undefined;
    if (char === "'") {
      cursor.next();
      return [{ kind: 'literal', text: cursor.until("'", "'"), quoted: true }];
    }
    if (char === '"') {
      cursor.next();
      const parts = this.quotedText(cursor, '"');
      cursor.next();
      return [{ kind: 'literal', text: '', quoted: true }, ...parts];
    }
    return undefined;
  }

  #backslash(cursor: Cursor, quoted: boolean): Word {
    cursor.next();
    if (cursor.atEnd) return [{ kind: 'literal', text: '\\', quoted: true }];
    const escaped = cursor.next();
    if (escaped === '\n') return [];
    const keeps = quoted && !'$`"\\'.includes(escaped);
    return [{ kind: 'literal', text: keeps ? `\\${escaped}` : escaped, quoted: true }];
  }

  #dollar(cursor: Cursor, quoted: boolean): Word | undefined {
    if (cursor.accept('$((')) return [{ kind: 'arithmetic', expression: this.arithmetic(cursor), quoted }];
    if (cursor.accept('$(')) {
      const script = cursor.nested(() => this.parseScript(cursor, ')'));
      return [{ kind: 'command', script, quoted }];
    }
    if (cursor.accept('${')) return [cursor.nested(() => this.#braced(cursor, quoted))];
    if (!quoted && cursor.accept("$'")) return [{ kind: 'literal', text: this.#ansi(cursor), quoted: true }];
    cursor.next();
    const name = cursor.take(NAME) || cursor.take(SPECIAL);
    if (name === '') return [{ kind: 'literal', text: '$', quoted }];
    return [parameter(name, 'plain', false, [], quoted)];
  }

  #braced(cursor: Cursor, quoted: boolean): WordPart {
    const length = cursor.peek() === '#' && cursor.peek(1) !== '}' && cursor.accept('#');
    const name = cursor.take(/[0-9]+/y) || cursor.take(NAME) || cursor.take(SPECIAL);
    const operator = length ? '' : cursor.take(OPERATOR);
    const divider = DIVIDERS[operator];
    const operand = this.#until(cursor, () => cursor.peek() === '}' || cursor.peek() === divider, false);
    const second =
      divider !== undefined && cursor.accept(divider)
        ? this.#until(cursor, () => cursor.peek() === '}', false)
        : undefined;
    cursor.next();
    if (name === '' || (operator === '' && operand.length > 0)) throw cursor.unexpected('${');
    if (length) return parameter(name, 'length', false, [], quoted);
    const kind = operatorOf(operator);
    return {
      ...parameter(name, kind, operator !== ':' && operator.startsWith(':'), operand, quoted),
      second,
    };
  }

  /** Up to `))`, which is stepped over. */
  arithmetic(cursor: Cursor): Word {
    let depth = 0;
    const expression = this.#until(
      cursor,
      () => {
        if (depth === 0 && cursor.startsWith('))')) return true;
        if (cursor.peek() === '(') depth++;
        if (cursor.peek() === ')') depth--;
        return false;
      },
      true,
    );
    cursor.accept('))');
    return expression;
  }

  #backquoted(cursor: Cursor, quoted: boolean): WordPart {
    cursor.next();
    let inner = '';
    while (cursor.peek() !== '`') {
      if (cursor.atEnd) throw cursor.incomplete("unexpected EOF while looking for matching ``'");
      const char = cursor.next();
      const escapes = char === '\\' && '$`\\'.includes(cursor.peek()) && !cursor.atEnd;
      inner += escapes ? cursor.next() : char;
    }
    cursor.next();
    return {
      kind: 'command',
      script: cursor.nested(() => this.parseScript(cursor.inner(inner), '')),
      quoted,
    };
  }

  #ansi(cursor: Cursor): string {
    let raw = '';
    while (cursor.peek() !== "'") {
      if (cursor.atEnd) throw cursor.incomplete("unexpected EOF while looking for matching `''");
      if (cursor.peek() === '\\') raw += cursor.next();
      raw += cursor.next();
    }
    cursor.next();
    return unescape(raw);
  }
}

function parameter(
  name: string,
  operator: ParameterOperator,
  orEmpty: boolean,
  operand: Word,
  quoted: boolean,
): Extract<WordPart, { kind: 'parameter' }> {
  return { kind: 'parameter', name, operator, orEmpty, operand, quoted };
}

function operatorOf(text: string): ParameterOperator {
  switch (text.length > 1 ? text.replace(':', '') : text) {
    case '/':
      return '/';
    case '//':
      return '//';
    case ':':
      return ':';
    case '-':
      return '-';
    case '=':
      return '=';
    case '?':
      return '?';
    case '+':
      return '+';
    case '#':
      return '#';
    case '##':
      return '##';
    case '%':
      return '%';
    case '%%':
      return '%%';
    default:
      return 'plain';
  }
}
