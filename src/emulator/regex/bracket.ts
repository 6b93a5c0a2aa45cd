import { isSpace, isWord, RegularExpressionError } from './syntax.js';

const CLASSES: Readonly<Record<string, (char: string) => boolean>> = {
  alnum: (char) => /[A-Za-z0-9]/.test(char),
  alpha: (char) => /[A-Za-z]/.test(char),
  blank: (char) => char === ' ' || char === '\t',
  cntrl: (char) => char < ' ' || char === '\x7f',
  digit: (char) => /[0-9]/.test(char),
  graph: (char) => char > ' ' && char !== '\x7f',
  lower: (char) => /[a-z]/.test(char),
  print: (char) => char >= ' ' && char !== '\x7f',
  punct: (char) => /[!-/:-@[-`{-~]/.test(char),
  space: isSpace,
  upper: (char) => /[A-Z]/.test(char),
  xdigit: (char) => /[0-9A-Fa-f]/.test(char),
  word: isWord,
};

/** A bracket expression whose `[` is at `start`; gives its test and where it ends. */
export function parseBracket(
  source: string,
  start: number,
): { test: (char: string) => boolean; end: number } {
  const bracket = /\[(\^?)(\]?(?:\[:[a-z]+:\]|\[\.[^\]]*\.\]|[^\]])*)\]/y;
  bracket.lastIndex = start;
  const found = bracket.exec(source);
  if (found === null) throw new RegularExpressionError('Unmatched [, [^, [:, [., or [=');
  const [whole, negation, content = ''] = found;
  const tests = testsOf(content);
  const negated = negation === '^';
  return { test: (char) => tests.some((test) => test(char)) !== negated, end: start + whole.length };
}

function testsOf(content: string): ((char: string) => boolean)[] {
  const tests: ((char: string) => boolean)[] = [];
  // GNU tools take \n and \t inside brackets; every other backslash is itself.
  for (const match of content.matchAll(/\[:([a-z]+):\]|\\([nt])|(.)-(.)|./gs)) {
    const [item, name, escaped, low, high] = match;
    const named = name === undefined ? undefined : CLASSES[name];
    if (name !== undefined && named === undefined)
      throw new RegularExpressionError('Invalid character class name');
    if (named !== undefined) tests.push(named);
    else if (escaped !== undefined) tests.push((char) => char === (escaped === 'n' ? '\n' : '\t'));
    else if (low !== undefined && high !== undefined) {
      if (low > high) throw new RegularExpressionError('Invalid range end');
      tests.push((char) => low <= char && char <= high);
    } else tests.push((char) => char === item);
  }
  return tests;
}
