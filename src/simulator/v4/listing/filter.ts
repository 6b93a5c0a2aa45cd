import { badQuery } from './bad-query.js';
import {
  parseFilter,
  type Comparison,
  type Expression,
  type Literal,
  type Operand,
  type TextTest,
} from './filter-parser.js';

export type FieldType = 'text' | 'number' | 'flag' | 'enumeration' | 'moment';

/** A field that is a list: the fields of its elements, `''` for an element that is itself a value. */
export type Members = Readonly<Record<string, FieldType>>;

/** What may be filtered by: a path in the entity, e.g. `cluster/extId`, to its type. */
export type Filterable = Readonly<Record<string, FieldType | Members>>;

/** The value at a path of the entity that is looked at; undefined where there is none. */
export type Reader = (path: string) => unknown;

/** One entity, and within a quantifier one element of its list. */
interface Scope {
  readonly read: Reader;
  readonly element?: unknown;
}

type Condition = (scope: Scope) => boolean;
type Value = (scope: Scope) => unknown;

/** What the names in an expression mean. */
interface Names {
  readonly filterable: Filterable;
  readonly variable?: string;
  readonly members?: Members;
}

interface TypedValue {
  readonly type: FieldType;
  readonly value: Value;
}

/**
 * Compiles a filter. Text is compared exactly, upper and lower case differ. What is not there is equal to `null` only and
 * fulfils no other comparison than `ne`. Throws a Refusal (400): a text that is no filter, a field that cannot be filtered
 * by, a value of another type.
 */
export function compileFilter(filter: string, filterable: Filterable): (read: Reader) => boolean {
  const condition = compiled(parseFilter(filter), { filterable });
  return (read) => condition({ read });
}

function compiled(expression: Expression, names: Names): Condition {
  switch (expression.type) {
    case 'or': {
      const terms = expression.terms.map((term) => compiled(term, names));
      return (scope) => terms.some((term) => term(scope));
    }
    case 'and': {
      const terms = expression.terms.map((term) => compiled(term, names));
      return (scope) => terms.every((term) => term(scope));
    }
    case 'not': {
      const term = compiled(expression.term, names);
      return (scope) => !term(scope);
    }
    case 'compare':
      return comparison(typed(expression.left, names), expression.comparison, expression.right);
    case 'in':
      return membership(typed(expression.left, names), expression.values);
    case 'test':
      return textTest(typed(expression.left, names), expression.test, expression.text);
    case 'flag':
      return comparison(typed(expression, names), 'eq', { type: 'flag', value: true });
    case 'quantifier':
      return quantified(expression, names);
  }
}

function comparison(left: TypedValue, operator: Comparison, right: Literal): Condition {
  const wanted = literalValue(left.type, right);
  const fits = FITS[operator];
  if (wanted === undefined && operator !== 'eq' && operator !== 'ne') {
    throw badQuery('$filter', `null cannot be compared with "${operator}".`);
  }
  return (scope) => {
    const found = comparable(left.type, left.value(scope));
    if (found !== undefined && wanted !== undefined) return fits(found, wanted);
    return operator === 'ne' ? found !== wanted : operator === 'eq' && found === wanted;
  };
}

type Comparable = string | number | boolean;

const FITS: Readonly<Record<Comparison, (found: Comparable, wanted: Comparable) => boolean>> = {
  eq: (found, wanted) => found === wanted,
  ne: (found, wanted) => found !== wanted,
  lt: (found, wanted) => found < wanted,
  le: (found, wanted) => found <= wanted,
  gt: (found, wanted) => found > wanted,
  ge: (found, wanted) => found >= wanted,
};

function membership(left: TypedValue, literals: readonly Literal[]): Condition {
  const wanted = new Set(literals.map((literal) => literalValue(left.type, literal)));
  return (scope) => wanted.has(comparable(left.type, left.value(scope)));
}

function textTest({ type, value }: TypedValue, test: TextTest, wanted: string): Condition {
  if (type !== 'text') throw badQuery('$filter', `"${test}" takes a text.`);
  return (scope) => {
    const found = value(scope);
    if (typeof found !== 'string') return false;
    if (test === 'contains') return found.includes(wanted);
    return test === 'startswith' ? found.startsWith(wanted) : found.endsWith(wanted);
  };
}

/** Within a quantifier there is no other one: no list of the API has lists to filter by. */
function quantified(expression: Extract<Expression, { type: 'quantifier' }>, names: Names): Condition {
  const { quantifier, path, variable, condition } = expression;
  const members = own(names.filterable, path);
  if (names.variable !== undefined || members === undefined || typeof members === 'string') {
    throw notFilterable(`${path}/${quantifier}`);
  }
  const fits = condition && compiled(condition, { ...names, variable, members });
  return ({ read }) => {
    const list = read(path);
    const elements: readonly unknown[] = Array.isArray(list) ? list : [];
    if (fits === undefined) return elements.length > 0;
    const isTrue = (element: unknown): boolean => fits({ read, element });
    return quantifier === 'any' ? elements.some(isTrue) : elements.every(isTrue);
  };
}

function typed({ path, letters }: Operand, names: Names): TypedValue {
  const { type, value } = fieldOf(path, names);
  if (letters === undefined) return { type, value };
  if (type !== 'text') throw badQuery('$filter', `"to${letters}" takes a text.`);
  const changed: Value = (scope) => {
    const found = value(scope);
    if (typeof found !== 'string') return undefined;
    return letters === 'lower' ? found.toLowerCase() : found.toUpperCase();
  };
  return { type, value: changed };
}

function fieldOf(path: string, names: Names): TypedValue {
  const [first, ...rest] = path.split('/');
  if (first === names.variable && names.members !== undefined) {
    const inner = rest.join('/');
    const type = own(names.members, inner);
    if (type === undefined) throw notFilterable(path);
    return { type, value: ({ element }) => valueAt(element, inner) };
  }
  const type = own(names.filterable, path);
  if (typeof type !== 'string') throw notFilterable(path);
  return { type, value: ({ read }) => read(path) };
}

/** The value at a path of member names in JSON; `''` is the whole. undefined where there is none. */
export function valueAt(json: unknown, path: string): unknown {
  if (path === '') return json;
  return path.split('/').reduce<unknown>((inner, name) => {
    return typeof inner === 'object' && inner !== null
      ? Object.getOwnPropertyDescriptor(inner, name)?.value
      : undefined;
  }, json);
}

/** Names come from a client: `constructor` is no field. */
function own<V>(table: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** A literal as a field's values are compared with it; undefined for null. */
function literalValue(type: FieldType, literal: Literal): Comparable | undefined {
  if (literal.type === 'null') return undefined;
  const { value } = literal;
  if (literal.type === type && type !== 'moment') return value;
  // Real clients write an enum literal also as a plain text (reference v4 2.7).
  if (type === 'enumeration' && literal.type === 'text') return value;
  if (type === 'moment' && (literal.type === 'moment' || literal.type === 'text')) {
    const moment = Date.parse(String(value));
    if (!Number.isNaN(moment)) return moment;
  }
  throw badQuery('$filter', `${JSON.stringify(value)} is no ${type}.`);
}

/** A field's value as literals are compared with it; undefined for what is not there. */
function comparable(type: FieldType, value: unknown): Comparable | undefined {
  if (type === 'moment') return typeof value === 'string' ? Date.parse(value) : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

function notFilterable(path: string): Error {
  return badQuery('$filter', `The field "${path}" cannot be filtered by.`);
}
