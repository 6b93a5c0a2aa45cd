/**
 * The versions of each namespace of the v4 APIs that are spoken here, newest first. No path that is used changed between
 * them (reference v4 1.2); projects exist in a release candidate only (reference v4 1.1).
 */
const KNOWN = {
  vmm: ['4.3', '4.2', '4.1', '4.0'],
  prism: ['4.4', '4.3', '4.2', '4.1', '4.0'],
  clustermgmt: ['4.3', '4.2', '4.1', '4.0'],
  networking: ['4.4', '4.3', '4.2', '4.1', '4.0'],
  volumes: ['4.3', '4.2', '4.1', '4.0'],
  dataprotection: ['4.4', '4.3', '4.2', '4.1', '4.0'],
  multidomain: ['4.4.b1'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Namespace = keyof typeof KNOWN;

export const NAMESPACES: readonly Namespace[] = [
  'vmm',
  'prism',
  'clustermgmt',
  'networking',
  'volumes',
  'dataprotection',
  'multidomain',
];

/** The versions of a namespace that are spoken here, without the `v`, newest first. */
export function knownVersions(namespace: Namespace): readonly string[] {
  return KNOWN[namespace];
}

/** The newest version, without the `v`, that is spoken here and is none newer than the server's newest one. */
export function newestUpTo(namespace: Namespace, newestServed: string): string | undefined {
  return knownVersions(namespace).find((known) => compareVersions(known, newestServed) <= 0);
}

/** Compares `4.10` and `4.9` by their numbers; a release candidate (`4.4.b1`) is older than its release. */
function compareVersions(a: string, b: string): number {
  const [[majorA = 0, minorA = 0], [majorB = 0, minorB = 0]] = [numbersOf(a), numbersOf(b)];
  if (majorA !== majorB) return majorA - majorB;
  if (minorA !== minorB) return minorA - minorB;
  return Number(isRelease(a)) - Number(isRelease(b));
}

function numbersOf(version: string): readonly number[] {
  return version.split('.', 2).map(Number);
}

function isRelease(version: string): boolean {
  return /^\d+\.\d+$/.test(version);
}
