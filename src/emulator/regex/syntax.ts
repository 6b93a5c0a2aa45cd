/** A regular expression's tree. */
export type RegexNode =
  | { readonly kind: 'character'; readonly test: (char: string) => boolean }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'group'; readonly index: number; readonly body: RegexNode }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'alternatives'; readonly options: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly body: RegexNode; readonly min: number; readonly max: number };

export type Assertion = 'start' | 'end' | 'word-boundary' | 'word-start' | 'word-end';

/** An expression that grep or sed would refuse, or that is beyond the bounds of an emulated guest. */
export class RegularExpressionError extends Error {
  override readonly name = 'RegularExpressionError';
}

export const isWord = (char: string): boolean => /^\w$/.test(char);
export const isSpace = (char: string): boolean => /^\s$/.test(char);
