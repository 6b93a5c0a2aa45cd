import { newestMinor, type Namespace, type ServedVersions } from '../versions.js';

/** Of references to tasks in the answers of other namespaces (recorded-v4 A1: `v4.r2` beside tasks of `v4.r4`). */
const TASK_REFERENCE = 'prism.v4.config.TaskReference';
const NEWEST_TASK_REFERENCE = 2;

type Fields = Readonly<Record<string, unknown>>;

/**
 * An object with the two marks that real answers have on each: its type, and the revision of that type, which follows
 * the newest version that the server has and not the one in the path (reference v4 1.1).
 */
export function typed(served: ServedVersions, objectType: string, fields: Fields): Record<string, unknown> {
  return { ...fields, $reserved: { $fv: revisionOf(served, objectType) }, $objectType: objectType };
}

function revisionOf(served: ServedVersions, objectType: string): string {
  const [namespace = ''] = objectType.split('.');
  if (namespace === 'common') return 'v1.r0';
  const known = [...served.keys()].find((one) => one === namespace);
  const minor = known === undefined ? 0 : newestMinor(served, known);
  return `v4.r${String(objectType === TASK_REFERENCE ? Math.min(minor, NEWEST_TASK_REFERENCE) : minor)}`;
}

/** The type of an object in errors, e.g. `vmm.v4.error.AppMessage`. */
export function errorType(namespace: Namespace, name: string): string {
  return `${namespace}.v4.error.${name}`;
}

/**
 * A value as it goes out (recorded-v4 A1): what is null, an empty list or an empty text is left out, and of the members
 * of a list only the first one tells its type.
 */
export function sent(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === 0 ? sent(item) : withoutType(sent(item))));
  }
  return isObject(value) ? sentObject(value) : value;
}

/** The members of a list that each tell their type: the entities of a list answer, and flags. */
export function sentEach(items: readonly unknown[]): unknown[] {
  return items.map(sent);
}

function sentObject(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
      isEmpty(inner) ? [] : [[name, sent(inner)]],
    ),
  );
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function withoutType(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => name !== '$reserved' && name !== '$objectType'),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
