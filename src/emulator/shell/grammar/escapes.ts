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

const ESCAPE = /\\(?:([abefnrtv\\'"])|x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|u([0-9a-fA-F]{1,4}))/g;

/** Replaces backslash escapes as `$'…'`, `printf` and `echo -e` do; unknown ones stay as they are. */
export function unescape(text: string): string {
  return text.replace(ESCAPE, (_whole, simple?: string, hex?: string, octal?: string, unicode?: string) => {
    if (simple !== undefined) return SIMPLE[simple] ?? simple;
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
    return String.fromCharCode(parseInt(hex ?? unicode ?? '0', 16));
  });
}
