import type { Word, WordPart } from '../grammar/syntax.js';

const MAX_WORDS = 1000;
const RANGE = /^(-?\d+|[a-zA-Z])\.\.(-?\d+|[a-zA-Z])(?:\.\.(-?\d+))?$/;

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

/** The texts that the first braces of `text` with something to expand stand for. */
function piecesOf(text: string): string[] | undefined {
  for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', start + 1)) {
    const { items, end } = itemsFrom(text, start);
    const found = items.length > 1 ? items : items.length === 1 ? range(items[0] ?? '') : undefined;
    if (found !== undefined) return found.map((item) => text.slice(0, start) + item + text.slice(end));
  }
  return undefined;
}

/** What stands between the commas of the braces at `start`, and where they end; nothing when they do not. */
function itemsFrom(text: string, start: number): { items: string[]; end: number } {
  const items = [''];
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '}' && depth === 0) return { items, end: at + 1 };
    if (char === '{') depth++;
    if (char === '}') depth--;
    if (char === ',' && depth === 0) items.push('');
    else items.push(`${items.pop() ?? ''}${char}`);
  }
  return { items: [], end: text.length };
}

/** `1..3`, `c..a`, `01..10`, `1..9..2`. */
function range(text: string): string[] | undefined {
  const [, first = '', last = '', by] = RANGE.exec(text) ?? [];
  const numeric = /\d/.test(first);
  if (first === '' || numeric !== /\d/.test(last)) return undefined;
  const [low, high] = numeric ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  const step = Math.max(1, Math.abs(Number(by ?? 1)));
  const length = Math.min(Math.floor(Math.abs(high - low) / step) + 1, MAX_WORDS);
  const padded = /^-?0\d/.test(first) || /^-?0\d/.test(last);
  const width = padded ? Math.max(first.length, last.length) : 0;
  return Array.from({ length }, (_unused, index) => {
    const value = low + index * (high < low ? -step : step);
    return numeric ? String(value).padStart(width, '0') : String.fromCharCode(value);
  });
}
