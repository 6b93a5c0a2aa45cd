import { baseProgramNames } from '../../src/emulator/guest/programs.js';
import type { GuestSpec } from '../../src/simulator/guests/index.js';
import { idleDaemon } from '../../src/emulator/services/index.js';
import { loginProcess, runCommand } from '../../src/emulator/ssh/login-process.js';
import { createImage } from '../../src/emulator/guest/base-image.js';
import { DISTRIBUTIONS } from '../../src/emulator/os/distribution.js';
import { GuestNetwork } from '../../src/emulator/os/network.js';
import { bytesOf, Collector, InputStream, OutputStream } from '../../src/emulator/os/streams.js';
import { GuestSystem } from '../../src/emulator/guest/guest-system.js';
import { silentLogger, type Clock, type Logger } from '../../src/support/index.js';

/** Nothing takes time. */
export const instantClock: Clock = {
  now: () => 0,
  sleep: (_ms, signal) => {
    signal?.throwIfAborted();
    return Promise.resolve();
  },
};

export const spec: GuestSpec = {
  vmUuid: '6f1d',
  name: 'web-1',
  userData: undefined,
  metaData: undefined,
  memoryMiB: 2048,
  cpus: 2,
  nics: [],
  disks: [{ uuid: 'disk-0', sizeBytes: 20 * 2 ** 30, adapter: 'SCSI', index: 0 }],
};

export interface SystemOptions {
  /** What the guest's disk can hold. */
  readonly limits?: { readonly maxBytes: number; readonly maxNodes: number };
  readonly spec?: Partial<GuestSpec> | undefined;
  readonly distribution?: 'ubuntu' | 'debian' | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A booted system without a network, with what its power switch was told. */
export function runningSystem(options: SystemOptions = {}): { system: GuestSystem; power: string[] } {
  const power: string[] = [];
  const distribution = DISTRIBUTIONS[options.distribution ?? 'ubuntu'];
  const engineVersion = '28.2.2';
  const fs = createImage({
    distribution,
    engineVersion,
    dockerInstalled: false,
    sshPort: 22,
    programs: baseProgramNames,
    limits: options.limits ?? { maxBytes: 4 * 1024 * 1024, maxNodes: 5000 },
  });
  const system = new GuestSystem({
    spec: { ...spec, ...options.spec },
    fs,
    diskContents: new Map(),
    distribution,
    engineVersion,
    packageTime: 10,
    dockerPort: 2376,
    network: new GuestNetwork([]),
    daemons: new Map([
      ['containerd', idleDaemon],
      ['sshd', idleDaemon],
    ]),
    power: { off: () => power.push('off'), reboot: () => power.push('reboot') },
    clock: options.clock ?? instantClock,
    logger: options.logger ?? silentLogger,
    signal: options.signal ?? new AbortController().signal,
  });
  return { system, power };
}

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line as a login of `user` would. */
export async function run(system: GuestSystem, command: string, user = 'root', input = ''): Promise<Ran> {
  const [out, err] = [new Collector(), new Collector()];
  const found = system.accounts.user(user);
  if (found === undefined) throw new Error(`no user ${user}`);
  const process = loginProcess(system, found, {
    streams: {
      stdin: new InputStream(bytesOf(input)),
      stdout: new OutputStream(out),
      stderr: new OutputStream(err),
    },
    env: new Map(),
    signal: system.signal,
    terminal: false,
  });
  const status = await runCommand(process, command);
  return { status, out: out.text(), err: err.text() };
}
