import { createHash } from 'node:crypto';
import { OperationError } from '../../support/index.js';

/** Longest name that is given to a volume group; Prism takes 256 signs, and a removed one needs room for its suffix. */
export const LONGEST_CLOUD_NAME = 200;
/** Longest name of a volume, bytes of UTF-8: what a folder may be called. CSI has names of 128 bytes. */
const LONGEST_NAME = 255;
/** Hexadecimal digits of the hash that makes a shortened name unique. */
const HASH_DIGITS = 12;

/** `NAME.removed-20261129T034200Z` */
const REMOVED = /^(?<name>.+)\.removed-(?<time>\d{8}T\d{6}Z)$/;
/** What Docker takes as a name, and what every Prism takes. Other names are replaced. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Checks a name that a user gives; throws `invalid-input`. */
export function checkVolumeName(name: string, attempted: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new OperationError({ code: 'invalid-input', attempted, problem });
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'a volume needs a name';
  const bytes = Buffer.byteLength(name);
  if (bytes > LONGEST_NAME) return `the name has ${bytes} bytes, and at most ${LONGEST_NAME} are accepted`;
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return 'the name has control characters';
  if (REMOVED.test(name)) return 'names that end like those of removed volumes are refused';
  return undefined;
}

/**
 * The name of the volume group for a volume: the same, as long as Prism takes it for certain. Otherwise as much of it as
 * can be kept, and a hash of the whole: two volumes never share one by being shortened.
 */
export function cloudNameOf(name: string): string {
  if (PLAIN.test(name) && name.length <= LONGEST_CLOUD_NAME) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS);
  const kept = name.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return `${kept.slice(0, LONGEST_CLOUD_NAME - HASH_DIGITS - 1) || 'volume'}-${hash}`;
}

/** What a volume group is called when it is removed. */
export function removedNameOf(cloudName: string, at: Date): string {
  return `${cloudName}.removed-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
}

/** Every name of removed volume groups of that name begins with it. */
export function removedPrefixOf(cloudName: string): string {
  return `${cloudName}.removed-`;
}

/** What a name says about a removal: of which name, and when. undefined = it is no name of a removed volume. */
export function removalIn(cloudName: string): { readonly name: string; readonly at: Date } | undefined {
  const { name = '', time = '' } = REMOVED.exec(cloudName)?.groups ?? {};
  const at = new Date(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  return name === '' || Number.isNaN(at.getTime()) ? undefined : { name, at };
}
