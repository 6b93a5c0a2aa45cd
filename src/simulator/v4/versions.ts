import { isFrom, type PcVersion } from '../core/pc-version.js';

/** A part of API v4 with versions of its own: it stands in the path before them. */
export type Namespace =
  'clustermgmt' | 'dataprotection' | 'iam' | 'multidomain' | 'networking' | 'prism' | 'vmm' | 'volumes';

/** One version of a namespace, e.g. `v4.3`, or `v4.4.b1` for a release candidate. */
export interface ServedVersion {
  readonly text: string;
  /** The 3 of `v4.3`. */
  readonly minor: number;
}

/** What a Prism Central serves: every minor version up to the newest, by namespace (reference v4 1.1 and 1.3). */
export type ServedVersions = ReadonlyMap<Namespace, readonly ServedVersion[]>;

/** The releases that brought a newer minor version, newest first. */
const RELEASES = ['pc.7.6', 'pc.7.5', 'pc.7.3', 'pc.2024.3'];

/** The newest minor version of each namespace with each of these releases. */
const NEWEST: readonly (readonly [Namespace, readonly number[]])[] = [
  ['clustermgmt', [3, 2, 1, 0]],
  ['dataprotection', [4, 2, 1, 0]],
  ['iam', [0, 0, 0, 0]],
  ['networking', [4, 2, 1, 0]],
  ['prism', [4, 2, 1, 0]],
  ['vmm', [3, 2, 1, 0]],
  ['volumes', [3, 2, 1, 0]],
];

/** Empty for a Prism Central from before pc.2024.3, the first with a v4 that is generally available. */
export function servedVersions(version: PcVersion): ServedVersions {
  const release = RELEASES.findIndex((one) => isFrom(version, one));
  const served = new Map<Namespace, ServedVersion[]>();
  if (release === -1) return served;
  for (const [namespace, minors] of NEWEST) served.set(namespace, upTo(minors[release] ?? 0));
  // Projects are there as a release candidate only.
  if (isFrom(version, 'pc.7.6')) served.set('multidomain', [{ text: 'v4.4.b1', minor: 4 }]);
  return served;
}

function upTo(newest: number): ServedVersion[] {
  return Array.from({ length: newest + 1 }, (_, minor) => ({ text: `v4.${String(minor)}`, minor }));
}

/** The newest minor version that is served; 0 for what is not served. */
export function newestMinor(served: ServedVersions, namespace: Namespace): number {
  return served.get(namespace)?.at(-1)?.minor ?? 0;
}
