import { badQuery } from './bad-query.js';
import { filterTokens, type FilterToken } from './filter-tokens.js';

export type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
export type TextTest = 'startswith' | 'endswith' | 'contains';
export type Quantifier = 'any' | 'all';

/** A value in a filter; `null` stands for "not there". */
export type Literal =
  | { readonly type: 'text' | 'enumeration' | 'moment'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'flag'; readonly value: boolean }
  | { readonly type: 'null' };

/** A field, or a field in lower or upper case. */
export interface Operand {
  /** e.g. `cluster/extId`; within a quantifier it may begin with the quantifier's variable. */
  readonly path: string;
  readonly letters?: 'lower' | 'upper';
}

export type Expression =
  | { readonly type: 'or' | 'and'; readonly terms: readonly Expression[] }
  | { readonly type: 'not'; readonly term: Expression }
  | {
      readonly type: 'compare';
      readonly left: Operand;
      readonly comparison: Comparison;
      readonly right: Literal;
    }
  | { readonly type: 'in'; readonly left: Operand; readonly values: readonly Literal[] }
  | { readonly type: 'test'; readonly test: TextTest; readonly left: Operand; readonly text: string }
  | { readonly type: 'flag'; readonly path: string }
  | {
      readonly type: 'quantifier';
      readonly quantifier: Quantifier;
      readonly path: string;
      readonly variable: string;
      /** Absent: `any()`, true of a list that has something. */
      readonly condition?: Expression;
    };

const DEEPEST = 50;
const COMPARISONS: readonly string[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] satisfies Comparison[];
const TEXT_TESTS: readonly string[] = ['startswith', 'endswith', 'contains'] satisfies TextTest[];
const LETTERS = new Map<string, 'lower' | 'upper'>([
  ['tolower', 'lower'],
  ['toupper', 'upper'],
]);

/**
 * Reads an OData 4.01 filter in the forms that clients of Prism send (reference v4 2.7): comparisons, `in`, `and`, `or`,
 * `not`, `startswith`, `endswith`, `contains`, `tolower`, `toupper`, `any` and `all`. Throws a Refusal (400) for anything
 * else, and for nesting that is deeper than 50.
 */
export function parseFilter(filter: string): Expression {
  return new FilterParser(filterTokens(filter)).parse();
}

class FilterParser {
  readonly #tokens: readonly FilterToken[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens;
  }

  parse(): Expression {
    const expression = this.#either();
    if (this.#peek().type !== 'end') throw this.#unexpected();
    return expression;
  }

  #either(): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw badQuery('$filter', 'The filter is nested too deeply.');
    const terms = this.#separated('or', () => this.#separated('and', () => this.#term(), 'and'), 'or');
    this.#depth -= 1;
    return terms;
  }

  #separated(word: string, read: () => Expression, type: 'or' | 'and'): Expression {
    const first = read();
    const terms = [first];
    while (this.#takeWord(word)) terms.push(read());
    return terms.length === 1 ? first : { type, terms };
  }

  #term(): Expression {
    let negated = false;
    while (this.#takeWord('not')) negated = !negated;
    const term = this.#plainTerm();
    return negated ? { type: 'not', term } : term;
  }

  #plainTerm(): Expression {
    if (!this.#take('(')) return this.#condition();
    const inner = this.#either();
    this.#expect(')');
    return inner;
  }

  #condition(): Expression {
    const test = this.#textTest();
    if (test !== undefined) return test;
    const left = this.#operand();
    if (this.#take('(')) return this.#quantifier(left);
    if (this.#takeWord('in')) return { type: 'in', left, values: this.#literals() };
    const comparison = comparisonOf(this.#peek());
    if (comparison !== undefined) {
      this.#next += 1;
      return { type: 'compare', left, comparison, right: this.#literal() };
    }
    if (left.letters !== undefined) throw this.#unexpected();
    return { type: 'flag', path: left.path };
  }

  #textTest(): Expression | undefined {
    const { type, text } = this.#peek();
    if (type !== 'word' || !isTextTest(text) || this.#tokens[this.#next + 1]?.text !== '(') return undefined;
    this.#next += 2;
    const left = this.#operand();
    this.#expect(',');
    const argument = this.#literal();
    if (argument.type !== 'text') throw this.#unexpected();
    this.#expect(')');
    return { type: 'test', test: text, left, text: argument.value };
  }

  /** After `path/any(`. */
  #quantifier({ path, letters }: Operand): Expression {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    if (letters !== undefined || slash < 1 || (name !== 'any' && name !== 'all')) throw this.#unexpected();
    const quantifier = { type: 'quantifier', quantifier: name, path: path.slice(0, slash) } as const;
    if (name === 'any' && this.#take(')')) return { ...quantifier, variable: '' };
    const variable = this.#word();
    this.#expect(':');
    const condition = this.#either();
    this.#expect(')');
    return { ...quantifier, variable, condition };
  }

  #operand(): Operand {
    const letters = LETTERS.get(this.#peek().text);
    if (letters === undefined || this.#tokens[this.#next + 1]?.text !== '(') return { path: this.#path() };
    this.#next += 2;
    const path = this.#path();
    this.#expect(')');
    return { path, letters };
  }

  #path(): string {
    const names = [this.#word()];
    while (this.#take('/')) names.push(this.#word());
    return names.join('/');
  }

  #literals(): Literal[] {
    this.#expect('(');
    const values = [this.#literal()];
    while (this.#take(',')) values.push(this.#literal());
    this.#expect(')');
    return values;
  }

  #literal(): Literal {
    const { type, text } = this.#peek();
    const literal = literalOf(type, text);
    if (literal === undefined) throw this.#unexpected();
    this.#next += 1;
    return literal;
  }

  #word(): string {
    const { type, text } = this.#peek();
    if (type !== 'word') throw this.#unexpected();
    this.#next += 1;
    return text;
  }

  #takeWord(word: string): boolean {
    const { type, text } = this.#peek();
    if (type !== 'word' || text !== word) return false;
    this.#next += 1;
    return true;
  }

  #take(sign: string): boolean {
    const { type, text } = this.#peek();
    if (type !== 'sign' || text !== sign) return false;
    this.#next += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#unexpected();
  }

  #peek(): FilterToken {
    return this.#tokens[this.#next] ?? { type: 'end', text: '', at: 0 };
  }

  #unexpected(): Error {
    const { type, text, at } = this.#peek();
    const what = type === 'end' ? 'The filter ends too early' : `The filter has an unexpected "${text}"`;
    return badQuery('$filter', `${what} at position ${String(at)}.`);
  }
}

function comparisonOf({ type, text }: FilterToken): Comparison | undefined {
  return type === 'word' && isComparison(text) ? text : undefined;
}

function isComparison(text: string): text is Comparison {
  return COMPARISONS.includes(text);
}

function isTextTest(text: string): text is TextTest {
  return TEXT_TESTS.includes(text);
}

function literalOf(type: FilterToken['type'], text: string): Literal | undefined {
  if (type === 'text' || type === 'enumeration' || type === 'moment') return { type, value: text };
  if (type === 'number') return { type, value: Number(text) };
  if (type !== 'word') return undefined;
  if (text === 'null') return { type: 'null' };
  return text === 'true' || text === 'false' ? { type: 'flag', value: text === 'true' } : undefined;
}
