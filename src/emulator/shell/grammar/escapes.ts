const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/**
 * Who reads the escapes: `dash` and `bash` in texts (`echo`, `%b`, `$'…'`), the others in a format of printf.
 * In a text an octal number begins with 0, in a format it need not.
 */
export type EscapeRules = 'dash' | 'dash-format' | 'bash' | 'bash-format';

const PATTERNS: Readonly<Record<EscapeRules, RegExp>> = {
  dash: /\\(?:([abefnrtv\\])|(c)|(?:0([0-7]{0,3})|([1-7][0-7]{0,2})))/g,
  'dash-format': /\\(?:([abefnrtv\\'"])|((?!))|0?([0-7]{1,3}))/g,
  bash: /\\(?:([abefnrtv\\'"])|(c)|0?([0-7]{1,3})|()x([0-9a-fA-F]{1,2})|()u([0-9a-fA-F]{1,4}))/g,
  'bash-format': /\\(?:([abefnrtv\\'"])|((?!))|0?([0-7]{1,3})|()x([0-9a-fA-F]{1,2})|()u([0-9a-fA-F]{1,4}))/g,
};

/** Replaces backslash escapes; unknown ones stay as they are. `ended`: `\c` stood there, all output ends. */
export function unescape(text: string, rules: EscapeRules): { text: string; ended: boolean } {
  let ended = false;
  let at = 0;
  let result = '';
  for (const found of text.matchAll(PATTERNS[rules])) {
    const [whole, simple, end, octal, bare, hex, , unicode] = found;
    result += text.slice(at, found.index);
    at = found.index + whole.length;
    if (end !== undefined) {
      ended = true;
      at = text.length;
      break;
    }
    const digits = octal ?? (bare === '' ? undefined : bare);
    if (simple !== undefined) result += SIMPLE[simple] ?? simple;
    else if (digits !== undefined)
      result += String.fromCharCode(parseInt(digits === '' ? '0' : digits, 8) & 0xff);
    else result += String.fromCharCode(parseInt(hex ?? unicode ?? '0', 16));
  }
  return { text: result + text.slice(at), ended };
}
