import { isFrom } from '../../core/pc-version.js';
import type { Namespace, ServedVersion } from '../versions.js';
import type { V4World } from '../world.js';

/** What is below a version of a namespace, as pc.2024.3 tells it (recorded-v4 other/actuator-versionroutes). */
const PARTS: Readonly<Record<Namespace, readonly string[]>> = {
  clustermgmt: ['config', 'operations', 'stats', 'ahv'],
  dataprotection: ['content', 'config'],
  iam: ['authz', 'authn', 'tenant'],
  multidomain: ['config'],
  networking: ['config', 'aws', 'stats'],
  prism: ['mgmt', 'config', 'trust', 'protectpc', 'management', 'operations'],
  vmm: ['ahv', 'images', 'content', 'esxi'],
  volumes: ['stats', 'config'],
};

/** Versions from before v4.0 was released, which pc.2024.3 lists too. This server has none of them. */
const BEFORE_RELEASE: Readonly<Record<Namespace, readonly string[]>> = {
  clustermgmt: ['v4.0.b2', 'v4.0.a2', 'v4.0.b1'],
  dataprotection: ['v4.0.b1', 'v4.0.a3', 'v4.0.a4'],
  iam: ['v4.0.b3'],
  multidomain: [],
  networking: ['v4.0.b2', 'v4.0.a2', 'v4.0.b1'],
  prism: ['v4.0.a1', 'v4.0.a2', 'v4.0.b1'],
  vmm: ['v4.0.b1'],
  volumes: ['v4.0.b2', 'v4.0.b1'],
};

/** A bare list without an envelope; versions are in no order. */
export function versionRoutes({ served, version }: V4World): unknown {
  const early = isFrom(version, 'pc.7.3') ? undefined : BEFORE_RELEASE;
  return [...served].map(([namespace, versions]) => ({
    namespace,
    versionRoutes: mixed(versions, early?.[namespace] ?? []).map((text) => ({
      version: text,
      routes: PARTS[namespace].map((part) => `/${namespace}/${text}/${part}`),
    })),
  }));
}

/** Newer ones first, but the first of the others before all of them: neither end of the list is the newest. */
function mixed(versions: readonly ServedVersion[], [first, ...others]: readonly string[]): string[] {
  const released = versions.map(({ text }) => text).reverse();
  return [...(first === undefined ? [] : [first]), ...released, ...others];
}
