import { parse as parseYaml } from 'yaml';
import { isMapping, type Mapping } from './narrow.js';

/** One part of a multipart message, or one entry of an archive. */
export interface MimePart {
  /** Lower case, without parameters, e.g. `text/cloud-config`. */
  readonly type: string;
  readonly filename: string | undefined;
  /** `Merge-Type` or `X-Merge-Type`: how cloud-config of this part joins what came before. */
  readonly mergeType: string | undefined;
  readonly text: string;
}

const MAX_PARTS = 200;
const MAX_NESTING = 8;

/** True for user-data that begins with MIME headers. */
export function isMime(text: string): boolean {
  return /^(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*)*?(?:content-type|mime-version):/i.test(text.trimStart());
}

/** The leaves of a MIME message, in order. Parts that cannot be understood come out as plain text. */
export function mimeParts(text: string, nesting = 0): MimePart[] {
  const { headers, body } = splitHeaders(nesting === 0 ? text.trimStart() : text);
  const contentType = headers.get('content-type') ?? 'text/plain';
  const [type = 'text/plain'] = contentType.toLowerCase().split(';');
  const boundary = parameter(contentType, 'boundary');
  if (type.trim().startsWith('multipart/') && boundary !== undefined && nesting < MAX_NESTING) {
    return pieces(body, boundary)
      .flatMap((piece) => mimeParts(piece, nesting + 1))
      .slice(0, MAX_PARTS);
  }
  return [
    {
      type: type.trim(),
      filename: parameter(headers.get('content-disposition') ?? '', 'filename'),
      mergeType: headers.get('merge-type') ?? headers.get('x-merge-type'),
      text: decoded(body, headers.get('content-transfer-encoding') ?? '7bit'),
    },
  ];
}

function splitHeaders(text: string): { headers: ReadonlyMap<string, string>; body: string } {
  // A part may begin with the blank line: then it has no headers.
  const end = /(?:^|\r?\n)\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end === null ? '' : text.slice(end.index + end[0].length) };
}

function parameter(header: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(header);
  return found?.[1] ?? found?.[2];
}

/** What stands between the boundary lines; the line end before a boundary belongs to the boundary. */
function pieces(body: string, boundary: string): string[] {
  const found: string[] = [];
  let current: string[] | undefined;
  for (const line of body.split('\n')) {
    const bare = line.trimEnd();
    if (bare !== `--${boundary}` && bare !== `--${boundary}--`) {
      current?.push(line);
      continue;
    }
    if (current !== undefined) found.push(current.join('\n'));
    current = bare.endsWith('--') && bare !== `--${boundary}` ? undefined : [];
  }
  if (current !== undefined) found.push(current.join('\n'));
  return found;
}

function decoded(body: string, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return Buffer.from(
        body
          .replace(/=\r?\n/g, '')
          .replace(/=([0-9A-F]{2})/gi, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        'latin1',
      ).toString('utf8');
    default:
      return body;
  }
}

export type PartKind = 'cloud-config' | 'script' | 'boothook' | 'jinja' | 'include' | 'unhandled';

/** A piece of user-data as cloud-init's handlers see it. */
export interface UserDataPart {
  readonly kind: PartKind;
  readonly name: string;
  readonly text: string;
  readonly mergeType: string | undefined;
}

/** First line of a part, and what it makes the part. */
const PREFIXES: readonly (readonly [RegExp, PartKind])[] = [
  [/^## template: *jinja/, 'jinja'],
  [/^#cloud-config(?!-)/, 'cloud-config'],
  [/^#cloud-boothook/, 'boothook'],
  [/^#include/, 'include'],
  [/^#!/, 'script'],
];

const TYPES: Readonly<Record<string, PartKind>> = {
  'text/cloud-config': 'cloud-config',
  'text/x-shellscript': 'script',
  'text/x-shellscript-per-instance': 'script',
  'text/x-shellscript-per-boot': 'script',
  'text/x-shellscript-per-once': 'script',
  'text/cloud-boothook': 'boothook',
  'text/jinja2': 'jinja',
  'text/x-include-url': 'include',
};

/** Splits user-data into its parts, in order; a text that is none of cloud-init's forms is `unhandled`. */
export function userDataParts(userData: string): UserDataPart[] {
  if (userData.trim() === '') return [];
  const whole: MimePart = { type: '', filename: undefined, mergeType: undefined, text: userData };
  return (isMime(userData) ? mimeParts(userData) : [whole])
    .flatMap((part) => (isArchive(part) ? archiveParts(part.text) : [part]))
    .filter(({ text }) => text.trim() !== '')
    .map(({ type, filename, mergeType, text }, index) => ({
      // What a part begins with counts more than what its header says: cloud-init sniffs, too.
      kind: kindOf(text) ?? TYPES[type] ?? 'unhandled',
      name: filename ?? `part-${String(index + 1).padStart(3, '0')}`,
      text,
      mergeType,
    }));
}

function isArchive({ type, text }: MimePart): boolean {
  return type === 'text/cloud-config-archive' || /^#cloud-config-archive\b/.test(text.trimStart());
}

/**
 * The entries of a cloud-config archive, a list of texts or of mappings with `content`, `type`, `filename` and headers of
 * their own. cloud-init follows no `#include` in them. An archive that is no list has no parts.
 */
function archiveParts(text: string): MimePart[] {
  const entries = entriesIn(text).slice(0, MAX_PARTS);
  return entries.map((entry) => ({
    type: textAt(entry, 'type')?.toLowerCase() ?? '',
    filename: textAt(entry, 'filename'),
    mergeType: textAt(entry, 'Merge-Type') ?? textAt(entry, 'X-Merge-Type'),
    text: textAt(entry, 'content') ?? '',
  }));
}

function entriesIn(text: string): Mapping[] {
  try {
    const parsed: unknown = parseYaml(text, { maxAliasCount: 100, version: '1.1' });
    const listed: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
    return listed.flatMap((entry) => {
      if (typeof entry === 'string') return [{ content: entry }];
      return isMapping(entry) ? [entry] : [];
    });
  } catch {
    return [];
  }
}

function textAt(entry: Mapping, key: string): string | undefined {
  const value = entry[key];
  return typeof value === 'string' ? value : undefined;
}

function kindOf(text: string): PartKind | undefined {
  const start = text.trimStart();
  return PREFIXES.find(([pattern]) => pattern.test(start))?.[1];
}
