import type { Category } from '../../provider/index.js';

/** Longest key and longest value that Prism takes, in characters (reference of the v3 API, section 2.1). */
const LONGEST = 64;

/** `key=value`; everything behind the first `=` is the value. Both are exact, blanks at their ends too. */
export function parseCategory(text: string): Category | undefined {
  const at = text.indexOf('=');
  if (at < 0) return undefined;
  const key = text.slice(0, at);
  const value = text.slice(at + 1);
  const fits = [key, value].every((part) => part.trim() !== '' && part.length <= LONGEST);
  return fits ? { key, value } : undefined;
}

export function categoryList(values: readonly string[]): string | undefined {
  const wrong = values.filter((value) => parseCategory(value) === undefined);
  if (wrong.length === 0) return undefined;
  const list = wrong.map((value) => `"${value}"`).join(', ');
  return `must be key=value, at most ${LONGEST} characters each, not ${list}`;
}
