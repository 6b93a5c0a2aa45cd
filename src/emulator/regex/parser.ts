import { isSpace, isWord, RegularExpressionError, type RegexNode } from './syntax.js';

const CLASSES: Readonly<Record<string, (char: string) => boolean>> = {
  alnum: (char) => /[A-Za-z0-9]/.test(char),
  alpha: (char) => /[A-Za-z]/.test(char),
  blank: (char) => char === ' ' || char === '\t',
  cntrl: (char) => char < ' ' || char === '\x7f',
  digit: (char) => /[0-9]/.test(char),
  graph: (char) => char > ' ' && char !== '\x7f',
  lower: (char) => /[a-z]/.test(char),
  print: (char) => char >= ' ' && char !== '\x7f',
  punct: (char) => /[!-/:-@[-`{-~]/.test(char),
  space: isSpace,
  upper: (char) => /[A-Z]/.test(char),
  xdigit: (char) => /[0-9A-Fa-f]/.test(char),
  word: isWord,
};

/** A bracket expression whose `[` is at `start`; gives its test and where it ends. */
export function parseBracket(
  source: string,
  start: number,
): { test: (char: string) => boolean; end: number } {
  const bracket = /\[(\^?)(\]?(?:\[:[a-z]+:\]|\[\.[^\]]*\.\]|[^\]])*)\]/y;
  bracket.lastIndex = start;
  const found = bracket.exec(source);
  if (found === null) throw new RegularExpressionError('Unmatched [, [^, [:, [., or [=');
  const [whole, negation, content = ''] = found;
  const tests = testsOf(content);
  const negated = negation === '^';
  return { test: (char) => tests.some((test) => test(char)) !== negated, end: start + whole.length };
}

function testsOf(content: string): ((char: string) => boolean)[] {
  const tests: ((char: string) => boolean)[] = [];
  // GNU tools take \n and \t inside brackets; every other backslash is itself.
  for (const match of content.matchAll(/\[:([a-z]+):\]|\\([nt])|(.)-(.)|./gs)) {
    const [item, name, escaped, low, high] = match;
    const named = name === undefined ? undefined : CLASSES[name];
    if (name !== undefined && named === undefined)
      throw new RegularExpressionError('Invalid character class name');
    if (named !== undefined) tests.push(named);
    else if (escaped !== undefined) tests.push((char) => char === (escaped === 'n' ? '\n' : '\t'));
    else if (low !== undefined && high !== undefined) {
      if (low > high) throw new RegularExpressionError('Invalid range end');
      tests.push((char) => low <= char && char <= high);
    } else tests.push((char) => char === item);
  }
  return tests;
}

const MAX_REPEAT = 255;
const MAX_NESTING = 40;

const ESCAPES: Readonly<Record<string, RegexNode>> = {
  s: { kind: 'character', test: isSpace },
  S: { kind: 'character', test: (char) => !isSpace(char) },
  w: { kind: 'character', test: isWord },
  W: { kind: 'character', test: (char) => !isWord(char) },
  n: { kind: 'character', test: (char) => char === '\n' },
  t: { kind: 'character', test: (char) => char === '\t' },
  b: { kind: 'assertion', assertion: 'word-boundary' },
  '<': { kind: 'assertion', assertion: 'word-start' },
  '>': { kind: 'assertion', assertion: 'word-end' },
};

export interface ParsedExpression {
  readonly tree: RegexNode;
  readonly groups: number;
}

/** Parses POSIX basic (with GNU's `\+`, `\?`, `\|`) or extended expressions. */
export class RegexParser {
  #at = 0;
  #groups = 0;
  #nesting = 0;

  constructor(
    private readonly source: string,
    private readonly extended: boolean,
  ) {}

  parse(): ParsedExpression {
    const tree = this.#alternatives();
    if (this.#at < this.source.length) throw new RegularExpressionError('Unmatched ) or \\)');
    return { tree, groups: this.#groups };
  }

  /** An operator: bare in extended expressions, after a backslash in basic ones. */
  #operator(char: string): boolean {
    return this.source.startsWith(this.extended ? char : `\\${char}`, this.#at);
  }

  #accept(char: string): boolean {
    if (!this.#operator(char)) return false;
    this.#at += this.extended ? 1 : 2;
    return true;
  }

  #alternatives(): RegexNode {
    if (++this.#nesting > MAX_NESTING) throw new RegularExpressionError('Regular expression too big');
    const options = [this.#sequence()];
    while (this.#accept('|')) options.push(this.#sequence());
    this.#nesting--;
    const [only] = options;
    return only !== undefined && options.length === 1 ? only : { kind: 'alternatives', options };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.#at < this.source.length && !this.#operator('|') && !this.#operator(')')) {
      const atom = this.#atom(items.length === 0);
      items.push(this.#repeated(atom));
    }
    return { kind: 'sequence', items };
  }

  #repeated(atom: RegexNode): RegexNode {
    let node = atom;
    for (;;) {
      if (this.source.startsWith('*', this.#at)) {
        this.#at++;
        node = { kind: 'repeat', body: node, min: 0, max: Infinity };
      } else if (this.#accept('+')) node = { kind: 'repeat', body: node, min: 1, max: Infinity };
      else if (this.#accept('?')) node = { kind: 'repeat', body: node, min: 0, max: 1 };
      else if (
        this.#operator('{') &&
        (!this.extended || /^\{\d*,?\d*\}/.test(this.source.slice(this.#at, this.#at + 12)))
      )
        node = this.#interval(node);
      else return node;
    }
  }

  #interval(body: RegexNode): RegexNode {
    const pattern = this.extended ? /\{(\d*)(,?)(\d*)\}/y : /\\\{(\d*)(,?)(\d*)\\\}/y;
    pattern.lastIndex = this.#at;
    const [whole, low, comma, high] = pattern.exec(this.source) ?? [];
    if (whole === undefined) throw new RegularExpressionError('Invalid content of \\{\\}');
    this.#at += whole.length;
    const min = Number(low ?? 0);
    const max = comma === '' ? min : high === '' || high === undefined ? Infinity : Number(high);
    if (min > max || min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) {
      throw new RegularExpressionError('Invalid content of \\{\\}');
    }
    return { kind: 'repeat', body, min, max };
  }

  #atom(first: boolean): RegexNode {
    if (this.#accept('(')) {
      const index = ++this.#groups;
      const body = this.#alternatives();
      if (!this.#accept(')')) throw new RegularExpressionError('Unmatched ( or \\(');
      return { kind: 'group', index, body };
    }
    const char = this.source.charAt(this.#at++);
    if (char === '.') return { kind: 'character', test: () => true };
    if (char === '^' && (this.extended || first)) return { kind: 'assertion', assertion: 'start' };
    if (char === '$' && (this.extended || this.#endsHere())) return { kind: 'assertion', assertion: 'end' };
    if (char === '[') {
      const { test, end } = parseBracket(this.source, this.#at - 1);
      this.#at = end;
      return { kind: 'character', test };
    }
    if (char === '\\') return this.#escaped();
    return { kind: 'character', test: (candidate) => candidate === char };
  }

  /** In a basic expression `$` is an anchor only at the end of a branch. */
  #endsHere(): boolean {
    return this.#at === this.source.length || this.#operator(')') || this.#operator('|');
  }

  #escaped(): RegexNode {
    const char = this.source.charAt(this.#at++);
    if (char === '') throw new RegularExpressionError('Trailing backslash');
    if (/[1-9]/.test(char))
      throw new RegularExpressionError('emulated guest: back-references are not available');
    return ESCAPES[char] ?? { kind: 'character', test: (candidate) => candidate === char };
  }
}
