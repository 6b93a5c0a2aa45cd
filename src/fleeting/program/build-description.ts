import type { Revision } from '../../process/index.js';

/** What a build knows of itself. The sources and their commit decide its bytes: the time of the build is not in it. */
export interface BuildDescription {
  /** Of the program, e.g. `fleeting-plugin-nutanix`. */
  readonly name: string;
  readonly version: string;
  /** E.g. `Bun 1.4.5`. */
  readonly runtime: string;
  /** As Go calls them: `linux/amd64`. */
  readonly platform: string;
  /** undefined = it was not made in a checkout. */
  readonly revision: Revision | undefined;
}

type Versions = Readonly<Record<string, string | undefined>>;

/** Go's names of what Node calls otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows' };

export function describeBuild(
  name: string,
  version: string,
  {
    versions,
    platform,
    arch,
  }: { readonly versions: Versions; readonly platform: string; readonly arch: string },
  revision: Revision | undefined,
): BuildDescription {
  const { bun, node = '' } = versions;
  return {
    name,
    version,
    runtime: bun === undefined ? `Node ${node}` : `Bun ${bun}`,
    platform: `${SYSTEMS[platform] ?? platform}/${ARCHITECTURES[arch] ?? arch}`,
    revision,
  };
}

const NOT_RECORDED = 'not recorded';

/**
 * In the form of GitLab's own plugins, label by label. The ref is none of what is built: a commit has many, and its bytes
 * are the same under each.
 */
export function versionText({ name, version, runtime, platform, revision }: BuildDescription): string {
  const rows = [
    ['Name', name],
    ['Version', version],
    ['Git revision', revision?.commit ?? NOT_RECORDED],
    ['Git ref', NOT_RECORDED],
    ['GO version', `none (${runtime})`],
    ['Built', revision?.committed ?? NOT_RECORDED],
    ['OS/Arch', platform],
  ] as const;
  return rows.map(([label, value]) => `${`${label}:`.padEnd(14)}${value}\n`).join('');
}

/** For the runner's log, when it has started the group. */
export function buildInfo({ runtime, platform, revision }: BuildDescription): string {
  const from = revision === undefined ? '' : `sha=${revision.commit}; built_at=${revision.committed}; `;
  return `${from}runtime=${runtime}; os_arch=${platform}`;
}
