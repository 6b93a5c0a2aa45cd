import { isMime, mimeParts } from './mime.js';

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
  if (!isMime(userData)) {
    return [
      { kind: kindOf(userData) ?? 'unhandled', name: 'part-001', text: userData, mergeType: undefined },
    ];
  }
  return mimeParts(userData)
    .filter(({ text }) => text.trim() !== '')
    .map(({ type, filename, mergeType, text }, index) => ({
      // What a part begins with counts more than what its header says: cloud-init sniffs, too.
      kind: kindOf(text) ?? TYPES[type] ?? 'unhandled',
      name: filename ?? `part-${String(index + 1).padStart(3, '0')}`,
      text,
      mergeType,
    }));
}

function kindOf(text: string): PartKind | undefined {
  const start = text.trimStart();
  return PREFIXES.find(([pattern]) => pattern.test(start))?.[1];
}
