import type { ContainerCreateOptions, EndpointSettings, HostConfig } from 'dockerode';
import type { GuestSpec } from '../guest-backend.js';
import { DISKS_PATH } from './hardware.js';

/**
 * What root has in a VM. CAP_SYS_RESOURCE is left out: many machines' engines may not give it, and `privileged`
 * fails there. Names that are younger than Docker 20.10 are refused by it.
 */
const CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...[
    'LINUX_IMMUTABLE',
    'NET_BIND_SERVICE',
    'NET_BROADCAST',
    'NET_ADMIN',
    'NET_RAW',
    'IPC_LOCK',
    'IPC_OWNER',
  ],
  ...[
    'SYS_MODULE',
    'SYS_RAWIO',
    'SYS_CHROOT',
    'SYS_PTRACE',
    'SYS_PACCT',
    'SYS_ADMIN',
    'SYS_BOOT',
    'SYS_NICE',
  ],
  ...['SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP'],
  ...['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ'],
];

/** systemd's signals: see systemd(1), SIGRTMIN+n. */
export const POWER_OFF_SIGNAL = 'SIGRTMIN+4';
export const REBOOT_SIGNAL = 'SIGRTMIN+5';

/** Turns a container into the machine of the hardware description, then becomes systemd. */
const FIRST_PROCESS = ['/usr/lib/prism-guest/boot'];
const CPU_PERIOD = 100_000;
const MIB = 2 ** 20;

/** A NIC's place in a Docker network. */
export interface Endpoint {
  readonly network: string;
  readonly macAddress: string;
  /** Fixed address; undefined = the engine picks one. */
  readonly address: string | undefined;
  /** By which the other guests of the network find it. */
  readonly hostname: string;
}

export interface ContainerParts {
  readonly name: string;
  readonly image: string;
  readonly volume: string;
  readonly labels: Record<string, string>;
  readonly visibleCpus: string;
  /** Where the first NIC is; further ones are connected afterwards. */
  readonly endpoint: Endpoint | undefined;
}

/**
 * A container that systemd can rule as it rules a machine: its own control groups, nothing of /proc hidden,
 * every device allowed. Root in the guest is as good as root on the engine's machine.
 */
export function containerOptions(spec: GuestSpec, parts: ContainerParts): ContainerCreateOptions {
  const { name, image, volume, labels, endpoint } = parts;
  const hostConfig: HostConfig & { readonly CgroupnsMode: 'private' } = {
    CapAdd: CAPABILITIES,
    SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
    MaskedPaths: [],
    ReadonlyPaths: [],
    DeviceCgroupRules: ['a *:* rwm'],
    CgroupnsMode: 'private',
    Tmpfs: { '/run': 'exec,mode=755', '/run/lock': '' },
    Mounts: [{ Type: 'volume', Source: volume, Target: DISKS_PATH }],
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    NetworkMode: endpoint?.network ?? 'none',
    ...limits(spec, parts.visibleCpus),
  };
  return {
    name,
    Image: image,
    Cmd: FIRST_PROCESS,
    Labels: labels,
    Env: ['container=docker'],
    StopSignal: POWER_OFF_SIGNAL,
    // systemd writes its console there; `docker logs` then is the serial console.
    Tty: true,
    HostConfig: hostConfig,
    ...(endpoint === undefined
      ? {}
      : {
          // Docker before 25 takes the first NIC's address from here, and no other NIC's from anywhere.
          MacAddress: endpoint.macAddress,
          NetworkingConfig: { EndpointsConfig: { [endpoint.network]: endpointSettings(endpoint) } },
        }),
  };
}

export function endpointSettings({ macAddress, address, hostname }: Endpoint): EndpointSettings {
  return {
    MacAddress: macAddress,
    Aliases: [hostname],
    ...(address === undefined ? {} : { IPAMConfig: { IPv4Address: address } }),
  };
}

/** The part of a container's configuration that may differ from one power-on to the next. */
export function limits({ memoryMiB, cpus }: GuestSpec, visible: string): Limits {
  return {
    Memory: memoryMiB * MIB,
    MemorySwap: memoryMiB * MIB,
    CpuPeriod: CPU_PERIOD,
    CpuQuota: cpus * CPU_PERIOD,
    CpusetCpus: visible,
  };
}

type Limits = Pick<HostConfig, 'Memory' | 'MemorySwap' | 'CpuPeriod' | 'CpuQuota' | 'CpusetCpus'>;

/**
 * The CPUs that the guest sees, as a list like `1,2`; all of them (empty) for a guest with as many as there
 * are. `turn` counts guests, so that they take turns.
 */
export function visibleCpus(wanted: number, available: number, turn: number): string {
  if (wanted >= available) return '';
  const cpus = Array.from({ length: wanted }, (_, index) => (turn * wanted + index) % available);
  return cpus.sort((a, b) => a - b).join(',');
}
