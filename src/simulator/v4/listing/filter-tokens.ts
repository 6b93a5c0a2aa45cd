import { badQuery } from './bad-query.js';

/** A piece of a filter's text. `text` of a string is its value, without the quotes. */
export interface FilterToken {
  readonly type: 'word' | 'text' | 'number' | 'moment' | 'enumeration' | 'sign' | 'end';
  readonly text: string;
  /** Where it begins, for messages. */
  readonly at: number;
}

/** Longer ones are refused before they are read; the URL of a request ends not far above. */
const LONGEST_FILTER = 8192;

/** In this order: a moment begins like a number, a typed enum literal like a word. */
const PATTERNS: readonly (readonly [FilterToken['type'], RegExp])[] = [
  ['moment', /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)/y],
  ['number', /[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['enumeration', /[A-Za-z_]\w*(?:\.\w+)+'(?:[^']|'')*'/y],
  ['text', /'(?:[^']|'')*'/y],
  ['word', /[$A-Za-z_][$\w]*/y],
  ['sign', /[(),:/]/y],
];
const BLANKS = /\s*/y;
/** A number or a word that runs into the next character is no number and no word. */
const RUNS_ON = /[\w'.$]/;

/** Reads a whole filter into tokens, the last one `end`. Throws a Refusal (400). */
export function filterTokens(filter: string): FilterToken[] {
  if (filter.length > LONGEST_FILTER) {
    throw badQuery('$filter', `The filter is longer than ${String(LONGEST_FILTER)} characters.`);
  }
  const tokens: FilterToken[] = [];
  let at = skipBlanks(filter, 0);
  while (at < filter.length) {
    const { token, end } = tokenAt(filter, at);
    tokens.push(token);
    at = skipBlanks(filter, end);
  }
  return [...tokens, { type: 'end', text: '', at }];
}

function tokenAt(filter: string, at: number): { readonly token: FilterToken; readonly end: number } {
  for (const [type, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const [found] = pattern.exec(filter) ?? [];
    if (found === undefined) continue;
    const end = at + found.length;
    if (type !== 'sign' && RUNS_ON.test(filter[end] ?? '')) continue;
    return { token: { type, text: valueOf(type, found), at }, end };
  }
  throw badQuery('$filter', `The filter cannot be read from position ${String(at)} on.`);
}

/** A quote within quotes is doubled. Of an enum literal the type is dropped: real prefixes are not uniform. */
function valueOf(type: FilterToken['type'], found: string): string {
  if (type !== 'text' && type !== 'enumeration') return found;
  return found.slice(found.indexOf("'") + 1, -1).replaceAll("''", "'");
}

function skipBlanks(filter: string, at: number): number {
  BLANKS.lastIndex = at;
  return at + (BLANKS.exec(filter)?.[0].length ?? 0);
}
