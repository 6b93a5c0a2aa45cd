export const HIDDEN = '(hidden)';

/**
 * Parts of names, whatever stands around them. All patterns here look back and ahead a bounded way: a client may send one
 * word of 64 KiB, and the simulator answers nothing else while it is looked at.
 */
const WORDS =
  'passw|passphrase|secret|token|credential|signature|authori[sz]ation|cookie|' +
  '(?:api|access|auth|account|activation|registration|encryption|preshared|signing|licen[cs]e)[-_.]?key';
/** Names that are secret as a whole, or as the last part of one: `DB_PASS`, `MYSQL_PWD`, `auth` of Docker's config.json. */
const LAST_PARTS = 'pass|pwd|auth|sig';
const AROUND = '[\\w.-]{0,64}';
const NAME = `(?:${AROUND}(?:${WORDS})${AROUND}|${AROUND}(?<![A-Za-z0-9])(?:${LAST_PARTS}))`;
/** In quotes, in escaped quotes as of JSON within a text, or up to the next space. */
const VALUE = `(?:"(?:[^"\\\\]|\\\\.)*(?:"|$)|\\\\"(?:[^"\\\\]|\\\\[^"])*(?:\\\\"|$)|'[^']*(?:'|$)|[^\\s"',;]+)`;
/** Programs whose -p takes a password, as curl's -u does. */
const WITH_PASSWORD = 'login|sshpass|useradd|usermod|mysql\\w{0,16}|mariadb\\w{0,16}';
const REST = '[^\\n|;&]{0,400}?';

const SECRET_NAME = new RegExp(
  `${WORDS}|private|session|ssh_keys|unattend|(?:^|[^a-z])(?:${LAST_PARTS})$`,
  'i',
);
const OPTION = new RegExp(`^--?${AROUND}(?:${WORDS})${AROUND}$`, 'i');
const COMMAND_WITH_PASSWORD = new RegExp(`^(?:${WITH_PASSWORD})$`, 'i');

/** A block of YAML below its name. */
const BLOCK = new RegExp(
  `^([ \\t]{0,64})((?:- )?["']?${NAME}["']?:[ \\t]*[|>][^\\n]*)\\n(?:\\1[ \\t]+[^\\n]*(?:\\n|$)|[ \\t]*\\n)+`,
  'gim',
);
/** A line of YAML or of headers: everything up to its end. */
const LINE = new RegExp(`^([ \\t]{0,64}(?:- )?["']?${NAME}["']?:[ \\t]+)(?!["'{[|>]).+$`, 'gim');
/** `NAME=value`, `NAME: value`, as variables, headers and files of settings have them. */
const ASSIGNMENT = new RegExp(
  `(?<![\\w.-])(${NAME}\\\\?["']?\\s{0,8}[=:]\\s{0,8})(?:(?:basic|bearer)\\s+)?${VALUE}`,
  'gi',
);
/** `--password value`, `docker login -p value`, `curl -u name:value`. */
const ARGUMENT = new RegExp(
  `((?:(?<![\\w-])--?${AROUND}(?:${WORDS})${AROUND}|\\b(?:${WITH_PASSWORD})\\b${REST}\\s-p|\\bcurl\\b${REST}\\s-u)\\s+)${VALUE}`,
  'gi',
);
const JOINED_ARGUMENT = new RegExp(
  `(\\b(?:sshpass|mysql\\w{0,16}|mariadb\\w{0,16})\\b${REST}\\s-p)(?!\\s)${VALUE}`,
  'gi',
);
const HTPASSWD = /(\bhtpasswd[ \t]+-\w{0,8}b\w{0,8}[ \t]+)[^\n|;&]+/gi;
/** `echo root:value | chpasswd`, `echo value | docker login --password-stdin`. */
const PIPED = /(\b(?:echo|printf)\s)[^\n|]{1,2000}(\|[^\n]{0,400}?(?:\b(?:ch)?passwd\b|-stdin\b))/gi;
const HERE_STRING = new RegExp(`(\\b(?:(?:ch)?passwd|login)\\b${REST}<<<\\s{0,8})${VALUE}`, 'gi');
const HERE_DOCUMENT =
  /(\bchpasswd\b[^\n<]{0,400}<<-?\s{0,8}["']?(\w{1,32})["']?[^\n]*\n)[^]*?(?=\n\s*\2\b|$(?![^]))/gi;
const ELEMENT = new RegExp(
  `(<(?:\\w{1,32}:)?(?:${AROUND}(?:${WORDS})${AROUND})(?:\\s[^<>]{0,200})?>)[^<]+`,
  'gi',
);
const IN_URL = /(\w:\/\/[^\s:/@]{0,200}:)[^\s/@]{1,400}@/g;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
const PEM = /-----BEGIN ([A-Z ]{0,40}PRIVATE KEY)-----[^]*?(?:-----END \1-----|$(?![^]))/g;
/** What services that are often named in user data make: it is recognised by its beginning. */
const KNOWN =
  /\b(?:gh[pousr]_\w{20,}|glpat-[\w-]{16,}|glrt-[\w-]{16,}|xox[abprs]-[\w-]{10,}|SWMTKN-[\w-]{20,}|tskey-[\w-]{10,}|AGE-SECRET-KEY-\w{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,})/g;

/** Whether a member, a header or a variable of this name has a value that is not shown. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A text of a client, without what looks like a secret in it. */
export function maskedText(text: string): string {
  const unlessSudo =
    (hide: (before: string, indent: string) => string) =>
    (whole: string, ...groups: unknown[]) =>
      isSudoRule(whole) ? whole : hide(String(groups[0]), String(groups[1]));
  return text
    .replace(PEM, `${HIDDEN.slice(0, -1)}: $1)`)
    .replace(KNOWN, HIDDEN)
    .replace(HERE_DOCUMENT, `$1${HIDDEN}`)
    .replace(BLOCK, `$1$2\n$1  ${HIDDEN}\n`)
    .replace(
      LINE,
      unlessSudo((before) => `${before}${HIDDEN}`),
    )
    .replace(PIPED, `$1${HIDDEN} $2`)
    .replace(HERE_STRING, `$1${HIDDEN}`)
    .replace(IN_URL, `$1${HIDDEN}@`)
    .replace(
      ASSIGNMENT,
      unlessSudo((before) => `${before}${HIDDEN}`),
    )
    .replace(ARGUMENT, `$1${HIDDEN}`)
    .replace(JOINED_ARGUMENT, `$1${HIDDEN}`)
    .replace(HTPASSWD, `$1${HIDDEN}`)
    .replace(ELEMENT, `$1${HIDDEN}`)
    .replace(BEARER, `$1 ${HIDDEN}`);
}

/** A command as a list of its words: what follows an option for a password is hidden too. */
export function maskedWords(words: readonly string[]): string[] {
  const option = words.includes('curl')
    ? '-u'
    : words.some((word) => COMMAND_WITH_PASSWORD.test(word))
      ? '-p'
      : '';
  return words.map((word, index) => {
    const before = words[index - 1] ?? '';
    if (OPTION.test(before) || (before !== '' && before === option)) return HIDDEN;
    return maskedText(word);
  });
}

/** `NOPASSWD: ALL` tells no password. */
function isSudoRule(text: string): boolean {
  return /^[\s"'-]*nopasswd\b/i.test(text);
}
