import { isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';

const HIDDEN = '(hidden)';
/** Of a text that is shown. */
const LONGEST_SHOWN = 64 * 1024;

/** What a member, a header or a variable is called whose value is not shown. */
const SECRET_NAME =
  /passw|passphrase|secret|token|credential|private|authori[sz]ation|cookie|session|api.?key|ssh_keys|unattend/i;
/** `NAME=value`, `NAME: value`, as variables, headers and files of settings have them. */
const ASSIGNMENT =
  /([\w.-]*(?:passw|passphrase|secret|token|credential|api.?key|authorization|cookie)[\w.-]*["']?\s*[=:]\s*)(?:(?:basic|bearer)\s+)?("[^"]*"|'[^']*'|[^\s"',;]+)/gi;
/** `--password value`, and what `docker login -p` and `curl -u` have. */
const ARGUMENT =
  /((?:--?[\w-]*(?:passw|passphrase|secret|token|api-?key)[\w-]*|\blogin\b[^\n]*?\s-p|\bcurl\b[^\n]*?\s-u)\s+)("[^"]*"|'[^']*'|[^\s"',;]+)/gi;
const IN_URL = /(\w:\/\/[^\s:/@]*:)[^\s/@]+@/g;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
const PEM = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^]*?(?:-----END \1-----|$)/g;

/** A JSON value without its secrets; user data become texts that can be read. */
export function withoutSecrets(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, name));
  if (typeof value === 'object' && value !== null) {
    const carriesUserData = isV4UserData(value);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        carriesUserData && key === 'value' ? userData(inner) : withoutSecrets(inner, key),
      ]),
    );
  }
  if (value === null || typeof value === 'boolean' || value === '') return value;
  if (SECRET_NAME.test(name)) return HIDDEN;
  if (/^(user_?data|meta_?data)$/i.test(name)) return userData(value);
  return typeof value === 'string' ? maskedText(value) : value;
}

/** Of a request or an answer, in the order of their names. */
export function headersWithoutSecrets(
  headers: Readonly<Record<string, unknown>>,
): (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]): readonly [string, string] => {
      const text = Array.isArray(value) ? value.join(', ') : String(value);
      return [name.toLowerCase(), SECRET_NAME.test(name) ? HIDDEN : maskedText(text)];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * User data or meta data as they came from a client, in Base64. Of a cloud-config what can hold a secret is taken out by
 * its place; of any other text, what looks like one.
 */
export function decodedWithoutSecrets(base64: string): string {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  if (text.length > LONGEST_SHOWN) return `${HIDDEN}: ${String(text.length)} bytes`;
  if (/^content-type:|^mime-version:/im.test(text.slice(0, 400)))
    return `${HIDDEN}: a message of several parts`;
  return text.startsWith('#!') ? maskedText(text) : cloudConfig(text);
}

/** A text of a client that is not JSON. */
export function maskedText(text: string): string {
  return text
    .replace(PEM, `(hidden: $1)`)
    .replace(IN_URL, `$1${HIDDEN}@`)
    .replace(ASSIGNMENT, (whole, before: string) => (isSudoRule(before) ? whole : `${before}${HIDDEN}`))
    .replace(ARGUMENT, `$1${HIDDEN}`)
    .replace(BEARER, `$1 ${HIDDEN}`);
}

/** `NOPASSWD: ALL` tells no password. */
function isSudoRule(before: string): boolean {
  return /^nopasswd\b/i.test(before);
}

/** API v4: `{ "$objectType": "vmm.v4.ahv.config.Userdata", "value": … }`. */
function isV4UserData(value: object): boolean {
  return '$objectType' in value && String(value.$objectType).endsWith('.Userdata');
}

function userData(value: unknown): unknown {
  // A list of lines, since JSON has no line ends within a text.
  return typeof value === 'string' ? decodedWithoutSecrets(value).split('\n') : withoutSecrets(value);
}

function cloudConfig(text: string): string {
  // Comments go too: a value that is commented out may be a secret all the same.
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0 || !isMap(document.contents)) return maskedText(text);
  hideIn(document.contents, '');
  document.commentBefore = null;
  document.comment = null;
  const heading = text.startsWith('#cloud-config') ? '#cloud-config\n' : '';
  return `${heading}${document.toString({ lineWidth: 0 })}`;
}

/** `content` is what write_files has for a file, `list` what chpasswd has for passwords. */
function hideIn(node: unknown, name: string): void {
  if (isMap(node)) {
    uncommented(node);
    for (const { key, value } of node.items) {
      if (isScalar(key)) uncommented(key);
      const inner = isScalar(key) ? String(key.value) : '';
      if (isSecretPlace(inner) && !isFlag(value)) hideWhole(node, key);
      else hideIn(value, inner);
    }
  } else if (isSeq(node)) {
    uncommented(node);
    for (const item of node.items) hideIn(item, name);
  } else if (isScalar(node)) {
    uncommented(node);
    if (typeof node.value === 'string') node.value = maskedText(node.value);
  }
}

function hideWhole(map: { set(key: unknown, value: unknown): void }, key: unknown): void {
  map.set(key, HIDDEN);
}

function isSecretPlace(name: string): boolean {
  return SECRET_NAME.test(name) || /^(passwd|chpasswd|content|list|key|keys|hashed_passwd)$/i.test(name);
}

/** `lock_passwd: true`, `ssh_pwauth: false` tell no secret. */
function isFlag(value: unknown): boolean {
  return isScalar(value) && typeof value.value === 'boolean';
}

function uncommented(node: Node): void {
  node.commentBefore = null;
  node.comment = null;
}
