import type { PreparedHost } from '../../src/host/index.js';
import { HostSession, type HostChanges, type HostRecord, type HostStore } from '../../src/session/index.js';
import { silentLogger } from '../../src/support/index.js';
import { FakeHosts } from './fake-hosts.js';

/** A record in memory: no client, no config.json. */
export class MemoryStore implements HostStore {
  record: HostRecord;
  readonly saved: HostChanges[] = [];

  constructor(record: Partial<HostRecord> = {}) {
    this.record = {
      title: 'host "web-1"',
      identity: { name: 'web-1', creationToken: 'key-1', vmId: 'vm-1' },
      access: {
        ssh: { user: 'root', port: 22, keyPath: '/store/id', generate: false },
        knownAddress: '192.0.2.10',
      },
      openPorts: [22],
      limits: { operation: 60_000, advice: 'Give it more time.', shutdown: 90_000 },
      ...record,
    };
  }

  read(): HostRecord {
    return this.record;
  }

  save(changes: HostChanges): void {
    this.saved.push(changes);
    const { vmId, address, state, spokenApi } = changes;
    const { identity, access } = this.record;
    this.record = {
      ...this.record,
      identity: vmId === undefined ? identity : { ...identity, vmId },
      access: address === undefined ? access : { ...access, knownAddress: address },
      ...(state === undefined ? {} : { lastState: state }),
      ...(spokenApi === undefined ? {} : { spokenApi }),
    };
  }

  spec(): Promise<never> {
    return Promise.reject(new Error('these tests make no host'));
  }

  prepared(): PreparedHost | undefined {
    return undefined;
  }
}

/** A session over a fake lifecycle, with what it does to the world around it. */
export class SessionScene {
  readonly hosts = new FakeHosts();
  readonly store: MemoryStore;
  readonly lines: string[] = [];
  readonly moves: string[] = [];
  readonly probed: string[] = [];
  opened = 0;
  closed = 0;
  /** What is said of the credentials when they are found. */
  warning: string | undefined;
  spokenApi: string | undefined;
  guestIsUp = false;
  now = 0;
  readonly session: HostSession;

  constructor(record: Partial<HostRecord> = {}) {
    this.store = new MemoryStore(record);
    const say = (line: string): void => void this.lines.push(line);
    this.session = new HostSession({
      store: this.store,
      source: {
        open: (warn) => {
          this.opened += 1;
          if (this.warning !== undefined) warn(this.warning);
          const close = (): Promise<void> => {
            this.closed += 1;
            return Promise.resolve();
          };
          return Promise.resolve({ hosts: this.hosts, spokenApi: this.spokenApi, close });
        },
        placeOf: (refused) => `The ${refused} are kept elsewhere.`,
      },
      guestAnswers: (address) => {
        this.probed.push(address);
        return Promise.resolve(this.guestIsUp);
      },
      log: { ...silentLogger, info: say, warn: say, aloud: () => () => undefined },
      clock: { now: () => this.now, sleep: () => Promise.resolve() },
      onAddressChange: (before, now) => void this.moves.push(`${before} -> ${now}`),
    });
  }
}

export const STAYS = new AbortController().signal;
