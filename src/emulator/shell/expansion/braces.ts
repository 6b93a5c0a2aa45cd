import type { Word, WordPart } from '../grammar/syntax.js';

const MAX_WORDS = 1000;
const LIST = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s;
const RANGE = /^(.*?)\{(-?\d+|[a-zA-Z])\.\.(-?\d+|[a-zA-Z])\}(.*)$/s;

/** Brace expansion of bash: `{a,b}` and `{1..3}` in what is not quoted. Every other word stays as it is. */
export function expandBraces(word: Word): Word[] {
  let words: Word[] = [word];
  for (let found = true; found && words.length < MAX_WORDS;) {
    found = false;
    words = words.flatMap((each) => {
      const expanded = expandOnce(each);
      found ||= expanded !== undefined;
      return expanded ?? [each];
    });
  }
  return words.slice(0, MAX_WORDS);
}

function expandOnce(word: Word): Word[] | undefined {
  for (const [index, part] of word.entries()) {
    if (part.kind !== 'literal' || part.quoted) continue;
    const pieces = piecesOf(part.text);
    if (pieces === undefined) continue;
    const literal = (text: string): WordPart => ({ kind: 'literal', text, quoted: false });
    return pieces.map((text) => [...word.slice(0, index), literal(text), ...word.slice(index + 1)]);
  }
  return undefined;
}

function piecesOf(text: string): string[] | undefined {
  const [, before = '', items, after = ''] = LIST.exec(text) ?? [];
  if (items !== undefined) return items.split(',').map((item) => `${before}${item}${after}`);
  const [, start = '', first, last, end = ''] = RANGE.exec(text) ?? [];
  if (first === undefined || last === undefined) return undefined;
  return sequence(first, last)?.map((item) => `${start}${item}${end}`);
}

function sequence(first: string, last: string): string[] | undefined {
  const numeric = /\d/.test(first);
  if (numeric !== /\d/.test(last)) return undefined;
  const [low, high] = numeric ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  const length = Math.min(Math.abs(high - low) + 1, MAX_WORDS);
  const step = high < low ? -1 : 1;
  return Array.from({ length }, (_unused, index) => {
    const value = low + index * step;
    return numeric ? String(value) : String.fromCharCode(value);
  });
}
