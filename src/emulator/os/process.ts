import type { Clock, Logger } from '../../support/index.js';
import type { GuestSpec } from '../../simulator/index.js';
import type { MemoryFileSystem } from '../filesystem/index.js';
import type { Accounts, User } from './accounts.js';
import type { Distribution } from './distribution.js';
import type { Journal } from './journal.js';
import type { GuestNetwork } from './network.js';
import type { Budget } from './budget.js';
import type { InputStream, OutputStream } from './streams.js';

export interface StandardStreams {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** What a shell opened as descriptor 3 and above. */
  readonly further?: ReadonlyMap<number, InputStream | OutputStream> | undefined;
}

/** A program in execution, as the program sees it. */
export interface Process extends StandardStreams {
  readonly system: System;
  readonly user: User;
  /** The name it was called by, then its arguments. */
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  /** Aborted when the session ends or the guest loses power. */
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** How many programs wait for this one. */
  readonly depth: number;
  /** Whether a user's terminal is at the other end. */
  readonly terminal: boolean;
}

/** A program of the emulated image; gives its exit status. An Errno it lets through is printed for it. */
export type Program = (process: Process) => number | Promise<number>;

/** A program that needs a part of the guest which not every process sees: it is given that part. */
export type ProgramOf<Part> = (process: Process, part: Part) => number | Promise<number>;

/** The guest's power, from inside. Both return at once; the guest goes down by itself. */
export interface PowerSwitch {
  off(): void;
  reboot(): void;
}

/** What every process of a guest sees of it. Programs that need more of the guest are given that part. */
export interface System {
  readonly spec: GuestSpec;
  readonly distribution: Distribution;
  readonly fs: MemoryFileSystem;
  readonly accounts: Accounts;
  readonly journal: Journal;
  readonly network: GuestNetwork;
  readonly power: PowerSwitch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted when the guest loses power. */
  readonly signal: AbortSignal;
  readonly bootId: string;
  /** Milliseconds since power-on. */
  readonly uptime: number;
  /** The kernel's host name; /etc/hostname is read at boot. */
  hostname: string;
  readonly processId: number;
  nextProcessId(): number;
  /** The emulated program of that name; undefined when there is none. */
  program(name: string): Program | undefined;
}
