import { ArithmeticError, evaluateArithmetic } from './arithmetic.js';
import { expandBraces } from './braces.js';
import { compilePattern, hasMagic, replaceMatches, trimMatch, type Chunk } from './pattern.js';
import type { Dialect, Script, Word, WordPart } from '../grammar/syntax.js';

/** Trimming tries every length; the square of this is the most steps it takes. */
const MAX_TRIMMED = 8192;

/** What expansion needs of the shell around it. */
export interface ExpansionScope {
  readonly dialect: Dialect;
  /** A variable's or special parameter's value (`@` and `*` aside); undefined = unset. */
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  readonly positional: readonly string[];
  /** `set -u`. */
  readonly nounset: boolean;
  /** Runs the script of `$(…)`; its output as it is. */
  substitute(script: Script): Promise<string>;
  glob(chunks: readonly Chunk[]): string[];
  /** Starts the script of `<(…)` or `>(…)`; gives the path that stands for it. */
  connect(direction: 'read' | 'write', script: Script): Promise<string>;
  /** Home directory of a user; of the shell's own when `user` is empty. */
  home(user: string): string | undefined;
}

/** `${x:?message}`, `set -u`, bad arithmetic: ends the script. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';

  constructor(
    message: string,
    /** bash's exit status where it is not 1: 127 for a parameter that is not set. */
    readonly status: 1 | 127 = 1,
  ) {
    super(message);
  }
}

type Parameter = Extract<WordPart, { kind: 'parameter' }>;
type AllParameters = Parameter & { readonly operator: 'plain'; readonly name: '@' | '*' };

/** Expands words into fields (arguments), texts or patterns. */
export class Expansion {
  constructor(private readonly scope: ExpansionScope) {}

  /** Arguments: split at IFS, pathnames expanded, quotes removed. */
  async fields(words: readonly Word[]): Promise<string[]> {
    const found: string[] = [];
    const all = this.scope.dialect === 'bash' ? words.flatMap(expandBraces) : words;
    for (const word of all) {
      const fields = new Fields(this.scope.get('IFS') ?? ' \t\n');
      for (const part of this.#tilde(word, false)) await this.#collect(part, fields);
      for (const field of fields.all) {
        const paths = hasMagic(field) ? this.scope.glob(field) : undefined;
        if (paths !== undefined && paths.length > 0) found.push(...paths);
        else found.push(textOf(field));
      }
    }
    return found;
  }

  /** One text: no splitting, no pathname expansion. */
  async text(word: Word): Promise<string> {
    return textOf(await this.pattern(word));
  }

  /** The value of an assignment: one text, in which `~` counts after every colon, too. */
  async value(word: Word): Promise<string> {
    return textOf(await this.#chunks(this.#tilde(word, true)));
  }

  /** One text whose unquoted `*`, `?` and `[` keep their meaning. */
  async pattern(word: Word): Promise<Chunk[]> {
    return this.#chunks(this.#tilde(word, false));
  }

  async #chunks(word: Word): Promise<Chunk[]> {
    const chunks: Chunk[] = [];
    for (const part of word) {
      if (isAll(part)) {
        chunks.push({ text: this.#joined(part) ?? '', quoted: part.quoted });
        continue;
      }
      const operand = part.kind === 'parameter' ? await this.#operand(part) : undefined;
      if (operand !== undefined) chunks.push(...(await this.#chunks(operand)));
      else chunks.push({ text: await this.#value(part), quoted: part.quoted });
    }
    return chunks;
  }

  async #collect(part: WordPart, fields: Fields): Promise<void> {
    if (part.kind === 'literal') {
      fields.append(part.text, part.quoted);
      return;
    }
    if (isAll(part)) {
      this.#appendAll(part, fields);
      return;
    }
    const operand = part.kind === 'parameter' ? await this.#operand(part) : undefined;
    if (operand !== undefined) {
      if (part.quoted) fields.append('', true);
      for (const inner of operand) {
        // A default is split where it is not quoted, its literal text, too.
        if (inner.kind === 'literal' && !inner.quoted) fields.appendSplit(inner.text);
        else await this.#collect(inner, fields);
      }
      return;
    }
    const value = await this.#value(part);
    if (part.quoted) fields.append(value, true);
    else fields.appendSplit(value);
  }

  /** The word that `${x-word}` or `${x+word}` stands for; undefined = it stands for its value. */
  async #operand(part: Parameter): Promise<Word | undefined> {
    const value = this.#current(part);
    const present = value !== undefined && !(part.orEmpty && value === '');
    switch (part.operator) {
      case '-':
        return present ? undefined : part.operand;
      case '+':
        return present ? part.operand : [];
      case '=':
        if (!present) this.scope.set(part.name, await this.text(part.operand));
        return undefined;
      case '?':
        if (present) return undefined;
        throw new ExpansionError(`${part.name}: ${await this.#complaint(part)}`, 127);
      default:
        return undefined;
    }
  }

  async #complaint(part: Parameter): Promise<string> {
    const given = await this.text(part.operand);
    if (given !== '') return given;
    if (this.scope.dialect === 'bash') return 'parameter null or not set';
    return part.orEmpty ? 'parameter not set or null' : 'parameter not set';
  }

  #current({ name }: Parameter): string | undefined {
    return name === '@' || name === '*' ? this.#joined({ name, quoted: false }) : this.scope.get(name);
  }

  /** `$@` and `$*`: "$@" gives one field per parameter, none for none. */
  #appendAll(part: AllParameters, fields: Fields): void {
    if (part.quoted && part.name === '*') {
      fields.append(this.#joined(part) ?? '', true);
      return;
    }
    if (this.scope.positional.length === 0) fields.appendNothing();
    this.scope.positional.forEach((value, index) => {
      if (index > 0) fields.finish();
      if (part.quoted) fields.append(value, true);
      else fields.appendSplit(value);
    });
  }

  /** `~` and `~user` at the start, in an assignment also behind each colon. */
  #tilde(word: Word, assignment: boolean): Word {
    return word.flatMap((part, index): Word => {
      if (part.kind !== 'literal' || part.quoted || !part.text.includes('~')) return [part];
      const pieces = assignment ? part.text.split(/(?<=:)/) : [part.text];
      return pieces.flatMap((piece, place) => {
        const begins = (index === 0 && place === 0) || (place > 0 && piece.startsWith('~'));
        const whole = index === word.length - 1 || place < pieces.length - 1;
        return begins ? this.#home(piece, whole) : [{ ...part, text: piece }];
      });
    });
  }

  #home(text: string, whole: boolean): Word {
    const [, user = '', tail = ''] = /^~([^/:]*)(.*)$/s.exec(text) ?? [];
    const home = text.startsWith('~') ? this.scope.home(user) : undefined;
    if (home === undefined || (tail === '' && !whole)) return [{ kind: 'literal', text, quoted: false }];
    return [
      { kind: 'literal', text: home, quoted: true },
      { kind: 'literal', text: tail, quoted: false },
    ];
  }

  async #value(part: WordPart): Promise<string> {
    switch (part.kind) {
      case 'literal':
        return part.text;
      case 'command':
        return (await this.scope.substitute(part.script)).replace(/\n+$/, '').replaceAll('\0', '');
      case 'arithmetic':
        return this.arithmetic(await this.text(part.expression));
      case 'process':
        return this.scope.connect(part.direction, part.script);
      case 'parameter':
        return this.#parameter(part);
    }
  }

  /** The value of an arithmetic expression, in digits. */
  arithmetic(text: string): string {
    try {
      return String(evaluateArithmetic(text, this.scope));
    } catch (error) {
      if (error instanceof ArithmeticError) throw new ExpansionError(error.message);
      throw error;
    }
  }

  async #parameter(part: Parameter): Promise<string> {
    if (part.operator === 'bad')
      throw new ExpansionError(
        this.scope.dialect === 'dash' ? 'Bad substitution' : `${part.name}: bad substitution`,
      );
    const value = this.#current(part);
    const all = part.name === '@' || part.name === '*';
    if (value === undefined && this.scope.nounset && !all) {
      const problem = this.scope.dialect === 'dash' ? 'parameter not set' : 'unbound variable';
      throw new ExpansionError(`${part.name}: ${problem}`, 127);
    }
    return this.#transformed(part, value ?? '');
  }

  /** All parameters as one text; undefined = there are none. */
  #joined({ name, quoted }: Pick<Parameter, 'name' | 'quoted'>): string | undefined {
    const { positional } = this.scope;
    if (positional.length === 0) return undefined;
    return positional.join(name === '*' && quoted ? (this.scope.get('IFS') ?? ' ').charAt(0) : ' ');
  }

  /** `${#x}`, parts, replacements, and the removals `#`, `##`, `%`, `%%`. */
  async #transformed(part: Parameter, value: string): Promise<string> {
    switch (part.operator) {
      case 'length':
        if (part.name === '@' || part.name === '*') return String(this.scope.positional.length);
        // dash counts bytes.
        return String(this.scope.dialect === 'dash' ? Buffer.byteLength(value) : Array.from(value).length);
      case ':':
        return this.#substring(part, value);
      case 'indirect':
        return this.scope.get(value) ?? '';
      case '^':
      case ',':
        return recased(value.slice(0, 1), part.operator) + value.slice(1);
      case '^^':
      case ',,':
        return recased(value, part.operator);
      case '/':
      case '//':
        return this.#replaced(part, value);
      case '#':
      case '##':
      case '%':
      case '%%': {
        const pattern = compilePattern(await this.pattern(part.operand));
        requireShort(part, value);
        return trimMatch(pattern, value, part.operator.startsWith('#'), part.operator.length === 2);
      }
      default:
        return value;
    }
  }

  /** `${x/a/b}`, `${x//a/b}`; the pattern of `${x/#a/b}` and `${x/%a/b}` has to be at an end. */
  async #replaced(part: Parameter, value: string): Promise<string> {
    requireShort(part, value);
    const chunks = await this.pattern(part.operand);
    const replacement = await this.text(part.second ?? []);
    const [first, ...rest] = chunks;
    const anchor = first?.quoted === false && part.operator === '/' ? first.text.charAt(0) : '';
    if (first === undefined || (anchor !== '#' && anchor !== '%'))
      return replaceMatches(compilePattern(chunks), value, replacement, part.operator === '//');
    const pattern = compilePattern([{ ...first, text: first.text.slice(1) }, ...rest]);
    const trimmed = trimMatch(pattern, value, anchor === '#', true);
    if (trimmed === value) return value;
    return anchor === '#' ? replacement + trimmed : trimmed + replacement;
  }

  async #substring(part: Parameter, value: string): Promise<string> {
    const start = Number(this.arithmetic(await this.text(part.operand)));
    const from = start < 0 ? Math.max(0, value.length + start) : start;
    if (part.second === undefined) return value.slice(from);
    const length = Number(this.arithmetic(await this.text(part.second)));
    return length < 0 ? value.slice(from, length) : value.slice(from, from + length);
  }
}

function requireShort(part: Parameter, value: string): void {
  if (value.length > MAX_TRIMMED) throw new ExpansionError(`${part.name}: value too long to be trimmed`, 127);
}

function recased(text: string, operator: '^' | '^^' | ',' | ',,'): string {
  return operator.startsWith('^') ? text.toUpperCase() : text.toLowerCase();
}

/** `$@` or `$*` as it is. */
function isAll(part: WordPart): part is AllParameters {
  return part.kind === 'parameter' && part.operator === 'plain' && (part.name === '@' || part.name === '*');
}

function textOf(chunks: readonly Chunk[]): string {
  return chunks.map(({ text }) => text).join('');
}

/** Fields in the making. */
class Fields {
  readonly #done: Chunk[][] = [];
  #current: Chunk[] | undefined;
  /** What was appended last ended with a blank of IFS: a separator that follows belongs to it. */
  #afterBlank = false;
  /** `"$@"` without parameters: what is only quotes around it is no field. */
  #nothing = false;

  constructor(private readonly separators: string) {}

  get all(): Chunk[][] {
    const empty = this.#nothing && this.#current?.every(({ text }) => text === '') === true;
    return this.#current === undefined || empty ? this.#done : [...this.#done, this.#current];
  }

  append(text: string, quoted: boolean): void {
    (this.#current ??= []).push({ text, quoted });
    this.#afterBlank = false;
  }

  appendNothing(): void {
    this.#nothing = true;
  }

  finish(): void {
    if (this.#current !== undefined) this.#done.push(this.#current);
    this.#current = undefined;
  }

  /** Blanks of IFS separate once; any other character of it separates each time, with the blanks around it. */
  appendSplit(text: string): void {
    let piece = '';
    for (const char of text) {
      if (!this.separators.includes(char)) {
        piece += char;
        continue;
      }
      const blank = /[ \t\n]/.test(char);
      const joins = !blank && piece === '' && this.#afterBlank;
      if (piece !== '' || (!blank && !joins)) this.append(piece, false);
      piece = '';
      this.finish();
      this.#afterBlank = blank;
    }
    if (piece !== '') this.append(piece, false);
  }
}
