/** A run of text of which the quoted part has no special characters. */
export interface Chunk {
  readonly text: string;
  readonly quoted: boolean;
}

type Token =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'many' }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

export type Pattern = readonly Token[];

const CLASSES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  alpha: [
    ['a', 'z'],
    ['A', 'Z'],
  ],
  digit: [['0', '9']],
  alnum: [
    ['a', 'z'],
    ['A', 'Z'],
    ['0', '9'],
  ],
  upper: [['A', 'Z']],
  lower: [['a', 'z']],
  space: [
    ['\t', '\r'],
    [' ', ' '],
  ],
  punct: [
    ['!', '/'],
    [':', '@'],
    ['[', '`'],
    ['{', '~'],
  ],
};

/** True when pathname expansion has something to do. */
export function hasMagic(chunks: readonly Chunk[]): boolean {
  return chunks.some(({ text, quoted }) => !quoted && /[*?[]/.test(text));
}

export function compilePattern(chunks: readonly Chunk[]): Pattern {
  const tokens: Token[] = [];
  for (const { text, quoted } of chunks) {
    let rest = text;
    while (rest !== '') {
      const token = quoted ? { length: 1, token: character(rest) } : unquotedToken(rest);
      tokens.push(token.token);
      rest = rest.slice(token.length);
    }
  }
  return tokens;
}

/** Whether the whole `text` fits. Linear in practice: only the last `*` is ever tried again. */
export function matches(pattern: Pattern, text: string): boolean {
  let at = 0;
  let token = 0;
  let retry: { token: number; at: number } | undefined;
  while (at < text.length || token < pattern.length) {
    const current = pattern[token];
    if (current?.kind === 'many') {
      retry = { token: ++token, at };
      continue;
    }
    if (current !== undefined && at < text.length && fits(current, text.charAt(at))) {
      token++;
      at++;
      continue;
    }
    if (retry === undefined || retry.at >= text.length) return false;
    retry.at++;
    ({ token, at } = retry);
  }
  return true;
}

/** The text without the shortest (or longest) beginning or end that fits. */
export function trimMatch(pattern: Pattern, text: string, fromStart: boolean, longest: boolean): string {
  const lengths = Array.from({ length: text.length + 1 }, (_unused, length) => length);
  if (longest) lengths.reverse();
  for (const length of lengths) {
    const piece = fromStart ? text.slice(0, length) : text.slice(text.length - length);
    if (matches(pattern, piece)) return fromStart ? text.slice(length) : text.slice(0, text.length - length);
  }
  return text;
}

/** The text with the first (or every) longest piece that fits replaced. */
export function replaceMatches(pattern: Pattern, text: string, replacement: string, all: boolean): string {
  let result = '';
  let at = 0;
  while (at < text.length) {
    const end = matchEnd(pattern, text, at);
    if (end === undefined) {
      result += text.charAt(at++);
      continue;
    }
    result += replacement;
    at = end;
    if (!all) break;
  }
  return result + text.slice(at);
}

/** Where the longest piece that fits and begins at `start` ends; never an empty one. */
function matchEnd(pattern: Pattern, text: string, start: number): number | undefined {
  const fixed = pattern.some(({ kind }) => kind === 'many') ? undefined : start + pattern.length;
  if (fixed !== undefined) {
    return fixed > start && matches(pattern, text.slice(start, fixed)) ? fixed : undefined;
  }
  for (let end = text.length; end > start; end--) if (matches(pattern, text.slice(start, end))) return end;
  return undefined;
}

function fits(token: Token, char: string): boolean {
  if (token.kind === 'character') return token.character === char;
  if (token.kind !== 'set') return true;
  return token.ranges.some(([low, high]) => low <= char && char <= high) !== token.negated;
}

function character(text: string): Token {
  return { kind: 'character', character: text.charAt(0) };
}

function unquotedToken(text: string): { length: number; token: Token } {
  if (text.startsWith('*')) return { length: 1, token: { kind: 'many' } };
  if (text.startsWith('?')) return { length: 1, token: { kind: 'any' } };
  const bracket = /^\[([!^]?)(\]?(?:\[:[a-z]+:\]|[^\]])*)\]/.exec(text);
  if (bracket === null) return { length: 1, token: character(text) };
  const [whole, negation, content] = bracket;
  return {
    length: whole.length,
    token: { kind: 'set', negated: negation !== '', ranges: rangesOf(content ?? '') },
  };
}

function rangesOf(content: string): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (const [item, name, low, high] of content.matchAll(/\[:([a-z]+):\]|(.)-(.)|./gs)) {
    if (name !== undefined) found.push(...(CLASSES[name] ?? []));
    else if (low !== undefined && high !== undefined) found.push([low, high]);
    else found.push([item, item]);
  }
  return found;
}
