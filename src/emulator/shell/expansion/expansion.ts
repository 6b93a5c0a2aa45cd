import { ArithmeticError, evaluateArithmetic } from './arithmetic.js';
import { expandBraces } from './braces.js';
import { compilePattern, hasMagic, replaceMatches, trimMatch, type Chunk } from './pattern.js';
import type { Script, Word, WordPart } from '../grammar/syntax.js';

/** Trimming tries every length; the square of this is the most steps it takes. */
const MAX_TRIMMED = 8192;

/** What expansion needs of the shell around it. */
export interface ExpansionScope {
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
}

type Parameter = Extract<WordPart, { kind: 'parameter' }>;

/** Expands words into fields (arguments), texts or patterns. */
export class Expansion {
  constructor(private readonly scope: ExpansionScope) {}

  /** Arguments: split at IFS, pathnames expanded, quotes removed. */
  async fields(words: readonly Word[]): Promise<string[]> {
    const found: string[] = [];
    for (const word of words.flatMap(expandBraces)) {
      for (const field of await this.#split(word)) {
        const paths = hasMagic(field) ? this.scope.glob(field) : [];
        if (paths.length > 0) found.push(...paths);
        else found.push(textOf(field));
      }
    }
    return found;
  }

  /** One text: no splitting, no pathname expansion. */
  async text(word: Word): Promise<string> {
    return textOf(await this.pattern(word));
  }

  /** One text whose unquoted `*`, `?` and `[` keep their meaning. */
  async pattern(word: Word): Promise<Chunk[]> {
    const chunks: Chunk[] = [];
    for (const part of this.#tilde(word)) {
      const values = isAll(part) ? [this.scope.positional.join(' ')] : [await this.#value(part)];
      chunks.push({ text: values.join(''), quoted: part.quoted });
    }
    return chunks;
  }

  async #split(word: Word): Promise<Chunk[][]> {
    const fields = new Fields(this.scope.get('IFS') ?? ' \t\n');
    for (const part of this.#tilde(word)) {
      if (part.kind === 'literal') fields.append(part.text, part.quoted);
      else if (isAll(part)) this.#appendAll(part, fields);
      else if (part.quoted) fields.append(await this.#value(part), true);
      else fields.appendSplit(await this.#value(part));
    }
    return fields.all;
  }

  /** `$@` and `$*`: "$@" gives one field per parameter, none for none. */
  #appendAll(part: Parameter, fields: Fields): void {
    if (part.quoted && part.name === '*') {
      fields.append(this.scope.positional.join((this.scope.get('IFS') ?? ' ').charAt(0)), true);
      return;
    }
    this.scope.positional.forEach((value, index) => {
      if (index > 0) fields.finish();
      if (part.quoted) fields.append(value, true);
      else fields.appendSplit(value);
    });
  }

  #tilde(word: Word): Word {
    const [first, ...rest] = word;
    if (first?.kind !== 'literal' || first.quoted || !first.text.startsWith('~')) return word;
    const [, user = '', tail = ''] = /^~([^/]*)(.*)$/s.exec(first.text) ?? [];
    const home = this.scope.home(user);
    if (home === undefined || (tail === '' && rest.length > 0)) return word;
    return [
      { kind: 'literal', text: home, quoted: true },
      { kind: 'literal', text: tail, quoted: false },
      ...rest,
    ];
  }

  async #value(part: WordPart): Promise<string> {
    switch (part.kind) {
      case 'literal':
        return part.text;
      case 'command':
        return (await this.scope.substitute(part.script)).replace(/\n+$/, '').replaceAll('\0', '');
      case 'arithmetic':
        return String(this.#arithmetic(await this.text(part.expression)));
      case 'process':
        return this.scope.connect(part.direction, part.script);
      case 'parameter':
        return this.#parameter(part);
    }
  }

  #arithmetic(text: string): number {
    try {
      return evaluateArithmetic(text, this.scope);
    } catch (error) {
      if (error instanceof ArithmeticError) throw new ExpansionError(error.message);
      throw error;
    }
  }

  async #parameter(part: Parameter): Promise<string> {
    const { name, operator } = part;
    const value = isAll({ ...part, operator: 'plain' }) ? this.#joined() : this.scope.get(name);
    const present = value !== undefined && !(part.orEmpty && value === '');
    switch (operator) {
      case '-':
        return present ? value : this.text(part.operand);
      case '+':
        return present ? this.text(part.operand) : '';
      case '=':
        if (present) return value;
        this.scope.set(name, await this.text(part.operand));
        return this.scope.get(name) ?? '';
      case '?':
        if (present) return value;
        throw new ExpansionError(
          `${name}: ${(await this.text(part.operand)) || 'parameter null or not set'}`,
        );
      default:
        if (value === undefined && this.scope.nounset) throw new ExpansionError(`${name}: unbound variable`);
        return this.#transformed(part, value ?? '');
    }
  }

  #joined(): string | undefined {
    return this.scope.positional.length === 0 ? undefined : this.scope.positional.join(' ');
  }

  /** `${#x}`, parts, replacements, and the removals `#`, `##`, `%`, `%%`. */
  async #transformed(part: Parameter, value: string): Promise<string> {
    if (part.operator === 'plain') return value;
    if (part.operator === 'length') return String(Array.from(value).length);
    if (part.operator === ':') return this.#substring(part, value);
    if (value.length > MAX_TRIMMED) throw new ExpansionError(`${part.name}: value too long to be trimmed`);
    const pattern = compilePattern(await this.pattern(part.operand));
    if (part.operator.startsWith('/')) {
      const replacement = await this.text(part.second ?? []);
      return replaceMatches(pattern, value, replacement, part.operator === '//');
    }
    return trimMatch(pattern, value, part.operator.startsWith('#'), part.operator.length === 2);
  }

  async #substring(part: Parameter, value: string): Promise<string> {
    const start = this.#arithmetic(await this.text(part.operand));
    const from = start < 0 ? Math.max(0, value.length + start) : start;
    if (part.second === undefined) return value.slice(from);
    const length = this.#arithmetic(await this.text(part.second));
    return length < 0 ? value.slice(from, length) : value.slice(from, from + length);
  }
}

function isAll(part: WordPart): part is Parameter {
  return part.kind === 'parameter' && part.operator === 'plain' && (part.name === '@' || part.name === '*');
}

function textOf(chunks: readonly Chunk[]): string {
  return chunks.map(({ text }) => text).join('');
}

/** Fields in the making. */
class Fields {
  readonly #done: Chunk[][] = [];
  #current: Chunk[] | undefined;

  constructor(private readonly separators: string) {}

  get all(): Chunk[][] {
    return this.#current === undefined ? this.#done : [...this.#done, this.#current];
  }

  append(text: string, quoted: boolean): void {
    (this.#current ??= []).push({ text, quoted });
  }

  finish(): void {
    if (this.#current !== undefined) this.#done.push(this.#current);
    this.#current = undefined;
  }

  /** Runs of blanks separate once; any other IFS character separates each time. */
  appendSplit(text: string): void {
    let piece = '';
    for (const char of text) {
      if (!this.separators.includes(char)) {
        piece += char;
        continue;
      }
      if (piece !== '' || !/\s/.test(char)) this.append(piece, false);
      piece = '';
      this.finish();
    }
    if (piece !== '') this.append(piece, false);
  }
}
