import type { Cursor } from './cursor.js';
import { unescape } from './escapes.js';
import type { ParameterOperator, Script, Word, WordPart } from './syntax.js';

/** Parses commands up to `)`; given in because words and commands contain each other. */
export type ScriptParser = (cursor: Cursor, end: string) => Script;

/** Where text stands: which of its characters mean something depends on it. */
interface Context {
  readonly quoted: boolean;
  /** A here-document: double quotes are ordinary characters. */
  readonly document: boolean;
  /** Inside `${…}`. */
  readonly braces: boolean;
}

const PLAIN: Context = { quoted: false, document: false, braces: false };
const QUOTED: Context = { quoted: true, document: false, braces: false };
const DOCUMENT: Context = { quoted: true, document: true, braces: false };

/** What separates the two operands of an operator that has two. */
const DIVIDERS: Readonly<Record<string, string>> = { '/': '/', '//': '/', ':': ':' };

const METACHARACTERS = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')', '']);
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SPECIAL = /[0-9@*#?$!-]/y;
const OPERATOR = { dash: /:?[-=?+]|##?|%%?/y, bash: /:?[-=?+]|##?|%%?|\/\/?|\^\^?|,,?|:/y } as const;

/** Parses words: quoting, parameters, command substitution, arithmetic. */
export class WordParser {
  constructor(private readonly parseScript: ScriptParser) {}

  /** The word at the cursor, or undefined when something else is there. */
  word(cursor: Cursor): Word | undefined {
    const start = cursor.position;
    const process = this.#process(cursor);
    if (process !== undefined) return [process];
    const word = this.#until(cursor, () => METACHARACTERS.has(cursor.peek()), PLAIN, '}');
    return cursor.position === start ? undefined : word;
  }

  #process(cursor: Cursor): WordPart | undefined {
    if (!cursor.bash) return undefined;
    const direction = cursor.accept('<(') ? 'read' : cursor.accept('>(') ? 'write' : undefined;
    if (direction === undefined) return undefined;
    const script = cursor.nested(() => this.parseScript(cursor, ')'));
    return { kind: 'process', direction, script, quoted: false };
  }

  /** The text of a here-document, in which `$`, backquotes and some backslashes mean something. */
  documentText(cursor: Cursor): Word {
    return this.#until(cursor, () => cursor.atEnd, DOCUMENT, '"');
  }

  /** From behind a double quote to the next one, which is stepped over. */
  #quotedText(cursor: Cursor): Word {
    const parts = this.#until(cursor, () => cursor.peek() === '"', QUOTED, '"');
    cursor.next();
    return [{ kind: 'literal', text: '', quoted: true }, ...parts];
  }

  #until(cursor: Cursor, atEnd: () => boolean, context: Context, closing: '"' | '}' | ')'): Word {
    const parts: WordPart[] = [];
    const start = cursor.position;
    let text = '';
    const flush = () => {
      if (text !== '') parts.push({ kind: 'literal', text, quoted: context.quoted });
      text = '';
    };
    while (!atEnd()) {
      if (cursor.atEnd) {
        cursor.position = start;
        throw cursor.unterminated(closing);
      }
      const special = this.#special(cursor, context);
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
  #special(cursor: Cursor, context: Context): Word | undefined {
    const char = cursor.peek();
    if (char === '\\') return this.#backslash(cursor, context);
    if (char === '$') return this.#dollar(cursor, context);
    if (char === '`') return [this.#backquoted(cursor, context)];
    if (char === '"' && (!context.quoted || context.braces)) {
      cursor.next();
      return this.#quotedText(cursor);
    }
    if (char !== "'" || context.quoted) return undefined;
    cursor.next();
    return [{ kind: 'literal', text: cursor.untilQuote(), quoted: true }];
  }

  #backslash(cursor: Cursor, { quoted, document, braces }: Context): Word {
    cursor.next();
    if (cursor.atEnd) return [{ kind: 'literal', text: '\\', quoted: true }];
    const escaped = cursor.next();
    if (escaped === '\n') return [];
    const known = `$\`\\${document ? '' : '"'}${braces ? '}' : ''}`;
    const keeps = quoted && !known.includes(escaped);
    return [{ kind: 'literal', text: keeps ? `\\${escaped}` : escaped, quoted: true }];
  }

  #dollar(cursor: Cursor, context: Context): Word | undefined {
    const { quoted } = context;
    if (cursor.accept('$((')) return [{ kind: 'arithmetic', expression: this.arithmetic(cursor), quoted }];
    if (cursor.accept('$(')) {
      const script = cursor.nested(() => this.parseScript(cursor, ')'));
      return [{ kind: 'command', script, quoted }];
    }
    if (cursor.accept('${')) return [cursor.nested(() => this.#braced(cursor, context))];
    if (cursor.bash && !quoted && cursor.accept("$'"))
      return [{ kind: 'literal', text: this.#ansi(cursor), quoted: true }];
    cursor.next();
    const name = cursor.take(NAME) || cursor.take(SPECIAL);
    if (name === '') return [{ kind: 'literal', text: '$', quoted }];
    return [parameter(name, 'plain', false, [], quoted)];
  }

  #braced(cursor: Cursor, context: Context): WordPart {
    const { quoted } = context;
    const start = cursor.position;
    const length = cursor.peek() === '#' && cursor.peek(1) !== '}' && cursor.accept('#');
    const indirect = cursor.bash && cursor.peek() === '!' && cursor.peek(1) !== '}' && cursor.accept('!');
    const name = cursor.take(/[0-9]+/y) || cursor.take(NAME) || cursor.take(SPECIAL);
    const operator = length || indirect ? '' : cursor.take(OPERATOR[cursor.options.dialect]);
    const divider = DIVIDERS[operator];
    // In what is removed or replaced quotes always count; in a default they count as around it.
    const inner = /^:?[-=?+]$/.test(operator) ? { ...context, braces: true } : { ...PLAIN, braces: true };
    const closes = () => cursor.peek() === '}';
    const operand = this.#until(cursor, () => closes() || cursor.peek() === divider, inner, '}');
    const second =
      divider !== undefined && cursor.accept(divider) ? this.#until(cursor, closes, inner, '}') : undefined;
    const source = cursor.text.slice(start, cursor.position);
    cursor.next();
    if (name === '' || (operator === '' && operand.length > 0))
      return parameter(`\${${source}}`, 'bad', false, [], quoted);
    if (length) return parameter(name, 'length', false, [], quoted);
    if (indirect) return parameter(name, 'indirect', false, [], quoted);
    const kind = operatorOf(operator);
    return {
      ...parameter(name, kind, operator !== ':' && operator.startsWith(':'), operand, quoted),
      second,
    };
  }

  /** Up to `))`, which is stepped over. */
  arithmetic(cursor: Cursor): Word {
    let depth = 0;
    const atEnd = () => {
      if (depth === 0 && cursor.startsWith('))')) return true;
      if (cursor.peek() === '(') depth++;
      if (cursor.peek() === ')') depth--;
      return false;
    };
    const expression = this.#until(cursor, atEnd, QUOTED, ')');
    cursor.accept('))');
    return expression;
  }

  #backquoted(cursor: Cursor, { quoted, document }: Context): WordPart {
    cursor.next();
    const known = quoted && !document ? '$`\\"' : '$`\\';
    let inner = '';
    while (cursor.peek() !== '`') {
      if (cursor.atEnd) throw cursor.unterminated('`');
      const char = cursor.next();
      const escapes = char === '\\' && known.includes(cursor.peek()) && !cursor.atEnd;
      inner += escapes ? cursor.next() : char;
    }
    const within = cursor.inner(inner);
    cursor.next();
    const script = cursor.nested(() => this.parseScript(within, ''));
    return { kind: 'command', script, quoted };
  }

  #ansi(cursor: Cursor): string {
    let raw = '';
    while (cursor.peek() !== "'") {
      if (cursor.atEnd) throw cursor.unterminated("'");
      if (cursor.peek() === '\\') raw += cursor.next();
      raw += cursor.next();
    }
    cursor.next();
    return unescape(raw, 'bash').text;
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

const OPERATORS: readonly ParameterOperator[] = [
  '-',
  '=',
  '?',
  '+',
  '#',
  '##',
  '%',
  '%%',
  '/',
  '//',
  ':',
  '^',
  '^^',
  ',',
  ',,',
];

function operatorOf(text: string): ParameterOperator {
  const plain = text.length > 1 ? text.replace(':', '') : text;
  return OPERATORS.find((operator) => operator === plain) ?? 'plain';
}
