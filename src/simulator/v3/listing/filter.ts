import type { Refusal } from '../../core/refusal.js';
import { unprocessable } from '../refusal.js';
import { compilePattern, isPattern } from './pattern.js';

const NO_VALUE = '[no_val]';

/** The values a record has for one attribute; several for multi-valued ones. */
export type AttributeReader<T> = (record: T) => readonly string[];
export type Attributes<T> = Readonly<Record<string, AttributeReader<T>>>;

/**
 * Compiles a FIQL filter: `a==v`, `a!=v`, `,` = OR, `;` = AND (binds tighter), parentheses for grouping.
 * Values are percent-decoded after splitting, so that `%28` is a parenthesis in a name while a bare one is
 * syntax. `|` in a value fails even percent-encoded, as on real servers. Comparison is exact, unless the value is a
 * pattern (pattern.ts). `[no_val]` fits what has no value for the attribute.
 */
export function compileFilter<T>(
  text: string,
  attributes: Attributes<T>,
  kind: string,
): (record: T) => boolean {
  if (text.trim() === '') return () => true;
  const parser = new FilterParser(text, attributes, kind);
  return parser.parse();
}

class FilterParser<T> {
  readonly #text: string;
  readonly #attributes: Attributes<T>;
  readonly #kind: string;
  #position = 0;

  constructor(text: string, attributes: Attributes<T>, kind: string) {
    this.#text = text;
    this.#attributes = attributes;
    this.#kind = kind;
  }

  parse(): (record: T) => boolean {
    const predicate = this.#either();
    if (this.#position < this.#text.length) throw this.#broken();
    return predicate;
  }

  #either(): (record: T) => boolean {
    const options = [this.#all()];
    while (this.#take(',')) options.push(this.#all());
    return (record) => options.some((matches) => matches(record));
  }

  #all(): (record: T) => boolean {
    const conditions = [this.#term()];
    while (this.#take(';')) conditions.push(this.#term());
    return (record) => conditions.every((matches) => matches(record));
  }

  #term(): (record: T) => boolean {
    if (this.#take('(')) {
      const inner = this.#either();
      if (!this.#take(')')) throw this.#broken();
      return inner;
    }
    const match = /^([A-Za-z_][\w.]*)(==|!=)([^,;()]*)/.exec(this.#text.slice(this.#position));
    if (match === null) throw this.#broken();
    this.#position += match[0].length;
    return this.#comparison(match[1] ?? '', match[2] === '!=', match[3] ?? '');
  }

  #comparison(name: string, negated: boolean, value: string): (record: T) => boolean {
    const read = this.#attributes[name];
    if (read === undefined) {
      throw this.#refusal(`Filter attribute '${name}' is not supported for kind ${this.#kind}.`);
    }
    const fit = this.#fit(value);
    return (record) => fit(read(record)) !== negated;
  }

  /** Whether one of a record's values is meant by `raw`, as it stands in the filter. */
  #fit(raw: string): (values: readonly string[]) => boolean {
    if (raw === NO_VALUE) return (values) => values.length === 0;
    if (isPattern(raw)) {
      if (raw.replaceAll(/\[[^\]]+\]/g, '').includes('|')) throw this.#broken();
      const fits = compilePattern(raw);
      return (values) => values.some(fits);
    }
    const value = decode(raw);
    if (value.includes('|')) throw this.#broken();
    return (values) => values.includes(value);
  }

  #take(character: string): boolean {
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #broken(): Refusal {
    return this.#refusal(`Invalid filter criteria: ${this.#text}`);
  }

  #refusal(message: string): Refusal {
    return unprocessable({ filter: [message] }, this.#kind);
  }
}

/** A stray `%` stays what it is. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
