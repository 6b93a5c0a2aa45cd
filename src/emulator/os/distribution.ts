/** Compares dotted numbers. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version.split('.').map(Number), than.split('.').map(Number)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** What the image in the emulated disk pretends to be. */
export interface Distribution {
  /** `ID` in /etc/os-release: what docker-machine chooses its provisioner by. */
  readonly id: 'ubuntu' | 'debian';
  readonly versionId: string;
  readonly codename: string;
  readonly prettyName: string;
  readonly kernel: string;
  /** The user cloud-init makes when user-data names none. */
  readonly defaultUser: string;
  readonly cloudInitVersion: string;
  /** Installed from the beginning, beside what every image has. */
  readonly packages: readonly string[];
}

const UBUNTU: Distribution = {
  id: 'ubuntu',
  versionId: '24.04',
  codename: 'noble',
  prettyName: 'Ubuntu 24.04 LTS (emulated guest)',
  kernel: '6.8.0-60-generic',
  defaultUser: 'ubuntu',
  cloudInitVersion: '24.4',
  packages: ['sudo', 'curl', 'e2fsprogs', 'xfsprogs'],
};

const DEBIAN: Distribution = {
  id: 'debian',
  versionId: '12',
  codename: 'bookworm',
  prettyName: 'Debian GNU/Linux 12 (bookworm, emulated guest)',
  kernel: '6.1.0-37-amd64',
  defaultUser: 'debian',
  cloudInitVersion: '22.4.2',
  packages: ['sudo', 'e2fsprogs'],
};

export const DISTRIBUTIONS: Readonly<Record<Distribution['id'], Distribution>> = {
  ubuntu: UBUNTU,
  debian: DEBIAN,
};

/** /etc/os-release. */
export function osRelease({ id, versionId, codename, prettyName }: Distribution): string {
  const name = id === 'ubuntu' ? 'Ubuntu' : 'Debian GNU/Linux';
  return [
    `PRETTY_NAME="${prettyName}"`,
    `NAME="${name}"`,
    `VERSION_ID="${versionId}"`,
    `VERSION="${versionId} (${codename})"`,
    `VERSION_CODENAME=${codename}`,
    `ID=${id}`,
    ...(id === 'ubuntu' ? ['ID_LIKE=debian'] : []),
    'VARIANT="emulated guest of prism-simulator"',
    'VARIANT_ID=emulated',
    '',
  ].join('\n');
}
