import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  Scalar,
  visit,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import { HIDDEN, isSecretName, maskedText, maskedWords } from './masked-text.js';

/** Of a text that is shown. */
const LONGEST_SHOWN = 64 * 1024;
/** What it begins with that may have a template's marks in it. */
const CLOUD_CONFIG = /^(?:## template:[^\n]*\n\s*)?#cloud-config\b/;

/**
 * User data or meta data as they came from a client, in Base64. Of a cloud-config what can hold a secret is taken out by
 * its place; of any other text, what looks like one. What has such places and cannot be read is not shown.
 */
export function decodedWithoutSecrets(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > LONGEST_SHOWN) return because(`${String(bytes.length)} bytes`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return because('compressed by gzip');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (/[\0\uFFFD]/.test(text)) return because(`${String(bytes.length)} bytes that are no text`);
  if (/^content-type:|^mime-version:/im.test(text.slice(0, 400)))
    return because('a message of several parts');
  if (/^#cloud-config-archive\b/.test(text)) return because('an archive of several parts');
  return text.startsWith('#!') ? maskedText(text) : cloudConfig(text);
}

function because(reason: string): string {
  return `${HIDDEN}: ${reason}`;
}

function cloudConfig(text: string): string {
  const document = parseDocument(text, { logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined || !isMap(document.contents)) {
    if (!CLOUD_CONFIG.test(text)) return maskedText(text);
    const place = error?.linePos?.[0];
    return because(`not read as YAML${place === undefined ? '' : `, line ${String(place.line)}`}`);
  }
  hideIn(document.contents, '');
  hideDangling(document);
  // Comments go too: a value that is commented out may be a secret all the same.
  document.commentBefore = null;
  document.comment = null;
  const heading = CLOUD_CONFIG.exec(text)?.[0];
  return `${heading === undefined ? '' : `${heading}\n`}${document.toString({ lineWidth: 0 })}`;
}

/** `content` is what write_files has for a file, `list` what chpasswd has for passwords. */
function hideIn(node: unknown, name: string): void {
  if (isMap(node)) {
    uncommented(node);
    const isSecretPair = node.items.some(({ key, value }) => isPairsName(key) && isSecretName(textOf(value)));
    for (const pair of node.items) {
      const { key, value } = pair;
      if (isScalar(key)) uncommented(key);
      const inner = textOf(key);
      const isPairsValue = isSecretPair && inner.toLowerCase() === 'value';
      if (isPairsValue || isBinary(value) || (isSecretPlace(inner) && !isFlag(value))) hideWhole(pair);
      else hideIn(value, inner);
    }
  } else if (isSeq(node)) {
    uncommented(node);
    maskWords(node.items);
    node.items = node.items.map((item) => (isBinary(item) ? new Scalar(HIDDEN) : item));
    for (const item of node.items) hideIn(item, name);
  } else if (isScalar(node)) {
    uncommented(node);
    if (typeof node.value === 'string') node.value = maskedText(node.value);
  }
}

/** A new node, as an old one may have a tag that takes no text; what refers to the old one finds the new one. */
function hideWhole(pair: Pair): void {
  const hidden = new Scalar(HIDDEN);
  const { value } = pair;
  if ((isScalar(value) || isMap(value) || isSeq(value)) && value.anchor !== undefined)
    hidden.anchor = value.anchor;
  pair.value = hidden;
}

/** References to what was hidden together with a greater whole. */
function hideDangling(document: Document): void {
  const anchors = new Set<string>();
  visit(document, {
    Node: (_key, node) => {
      if ('anchor' in node && typeof node.anchor === 'string') anchors.add(node.anchor);
    },
  });
  visit(document, {
    Alias: (_key, { source }) => (anchors.has(source) ? undefined : new Scalar(HIDDEN)),
  });
}

/** A command as a list: `[docker, login, -p, …]`. */
function maskWords(items: readonly unknown[]): void {
  const masked = maskedWords(items.map(textOf));
  items.forEach((item, index) => {
    if (isScalar(item) && typeof item.value === 'string') item.value = masked[index] ?? HIDDEN;
  });
}

function isSecretPlace(name: string): boolean {
  return isSecretName(name) || /^(passwd|chpasswd|content|list|key|keys|hashed_passwd)$/i.test(name);
}

/** `{ name: DB_PASSWORD, value: … }` */
function isPairsName(key: unknown): boolean {
  return /^(name|key)$/i.test(textOf(key));
}

function textOf(node: unknown): string {
  return isScalar(node) && typeof node.value === 'string' ? node.value : '';
}

/** `lock_passwd: true`, `ssh_pwauth: false` tell no secret. */
function isFlag(value: unknown): boolean {
  return isScalar(value) && typeof value.value === 'boolean';
}

function isBinary(value: unknown): boolean {
  return isScalar(value) && value.value instanceof Uint8Array;
}

function uncommented(node: Node): void {
  node.commentBefore = null;
  node.comment = null;
}
