import { DOCKER_UNIT, CONTAINERD_UNIT, SSH_UNIT } from './units.js';

/** What stays known of a package once it is installed. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
}

/** A package that the emulated mirror offers. */
export interface Package extends InstalledPackage {
  readonly depends: readonly string[];
  /** Executable files and the emulated program each of them is. */
  readonly executables: Readonly<Record<string, string>>;
  /** Unit files; services in them are enabled and started at installation. */
  readonly units: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
}

export const DOCKER_REPOSITORY = '/etc/apt/sources.list.d/docker.list';

const CONTAINERD_VERSION = '1.7.27-1';

function pack(name: string, version: string, summary: string, more: Partial<Package> = {}): Package {
  return { name, version, summary, depends: [], executables: {}, units: {}, groups: [], ...more };
}

/** What the distribution's own mirror has. Anything else is unknown to apt. */
export const DISTRIBUTION_PACKAGES: readonly Package[] = [
  pack('ca-certificates', '20240203', 'Common CA certificates'),
  pack('curl', '8.5.0-2ubuntu10.6', 'command line tool for transferring data', {
    executables: { '/usr/bin/curl': 'curl' },
  }),
  pack('gnupg', '2.4.4-2', 'GNU privacy guard'),
  pack('iproute2', '6.1.0-1', 'networking and traffic control tools', {
    executables: { '/usr/bin/ss': 'ss', '/usr/sbin/ip': 'ip' },
  }),
  pack('net-tools', '2.10-0.1', 'NET-3 networking toolkit', {
    executables: { '/usr/bin/netstat': 'netstat' },
  }),
  pack('openssh-server', '1:9.6p1-3', 'secure shell (SSH) server', {
    executables: { '/usr/sbin/sshd': 'sshd' },
    units: { 'ssh.service': SSH_UNIT },
  }),
  pack('sudo', '1.9.15p5-3', 'Provide limited super user privileges', {
    executables: { '/usr/bin/sudo': 'sudo' },
    groups: ['sudo'],
  }),
  pack('apt-transport-https', '2.7.14', 'transitional package for https support'),
  pack('lsb-release', '12.0-2', 'Linux Standard Base version reporting utility'),
  pack('nfs-common', '1:2.6.4-3', 'NFS support files common to client and server'),
  pack('open-iscsi', '2.1.9-3', 'iSCSI initiator tools'),
  pack('qemu-guest-agent', '1:8.2.2', 'guest-side qemu-system agent'),
  pack('e2fsprogs', '1.47.0-2', 'ext2/ext3/ext4 file system utilities', {
    executables: { '/usr/sbin/mkfs.ext4': 'mkfs', '/usr/sbin/mkfs.ext3': 'mkfs' },
  }),
  pack('xfsprogs', '6.6.0-1', 'utilities for managing the XFS filesystem', {
    executables: { '/usr/sbin/mkfs.xfs': 'mkfs' },
  }),
  pack('containerd', CONTAINERD_VERSION, 'daemon to control runC', {
    executables: { '/usr/bin/containerd': 'containerd' },
    units: { 'containerd.service': CONTAINERD_UNIT },
  }),
];

/** What Docker's own repository has for an engine version such as `28.2.2`. */
export function dockerPackages(engineVersion: string, codename: string): Package[] {
  const version = `5:${engineVersion}-1~emulated~${codename}`;
  return [
    pack('docker-ce', version, 'Docker: the open-source application container engine', {
      depends: ['docker-ce-cli', 'containerd.io'],
      executables: { '/usr/bin/dockerd': 'dockerd' },
      units: { 'docker.service': DOCKER_UNIT },
      groups: ['docker'],
    }),
    pack('docker-ce-cli', version, 'Docker CLI: the open-source application container engine', {
      executables: { '/usr/bin/docker': 'docker' },
    }),
    pack('containerd.io', CONTAINERD_VERSION, 'An open and reliable container runtime', {
      executables: { '/usr/bin/containerd': 'containerd' },
      units: { 'containerd.service': CONTAINERD_UNIT },
    }),
    pack('docker-buildx-plugin', '0.24.0-1', 'Docker Buildx plugin'),
    pack('docker-compose-plugin', '2.36.2-1', 'Docker Compose plugin'),
    pack('docker-ce-rootless-extras', version, 'Rootless support for Docker'),
  ];
}

/** Debian's and Ubuntu's own build of the engine, in one package. */
export function distributionEngine(engineVersion: string): Package {
  return pack('docker.io', `${engineVersion}+dfsg1-1`, 'Linux container runtime', {
    depends: ['containerd'],
    executables: { '/usr/bin/docker': 'docker', '/usr/bin/dockerd': 'dockerd' },
    units: { 'docker.service': DOCKER_UNIT },
    groups: ['docker'],
  });
}
