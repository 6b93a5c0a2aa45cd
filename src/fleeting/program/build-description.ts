/** What a build knows of itself. The sources alone decide its bytes, so neither a commit nor a time is in it. */
export interface BuildDescription {
  /** Of the program, e.g. `fleeting-plugin-nutanix`. */
  readonly name: string;
  readonly version: string;
  /** E.g. `Bun 1.4.5`. */
  readonly runtime: string;
  /** As Go calls them: `linux/amd64`. */
  readonly platform: string;
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
): BuildDescription {
  const { bun, node = '' } = versions;
  return {
    name,
    version,
    runtime: bun === undefined ? `Node ${node}` : `Bun ${bun}`,
    platform: `${SYSTEMS[platform] ?? platform}/${ARCHITECTURES[arch] ?? arch}`,
  };
}

/** In the form of GitLab's own plugins, label by label. */
export function versionText({ name, version, runtime, platform }: BuildDescription): string {
  const rows = [
    ['Name', name],
    ['Version', version],
    ['Git revision', 'not recorded'],
    ['Git ref', 'not recorded'],
    ['GO version', `none (${runtime})`],
    ['Built', 'not recorded'],
    ['OS/Arch', platform],
  ] as const;
  return rows.map(([label, value]) => `${`${label}:`.padEnd(14)}${value}\n`).join('');
}

/** For the runner's log, when it has started the group. */
export function buildInfo({ runtime, platform }: BuildDescription): string {
  return `runtime=${runtime}; os_arch=${platform}`;
}
