import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { standardSink, type LineSink } from '../../logging/index.js';
import type { ClientConnection } from './connections.js';
import type { Environment } from '../../settings/index.js';

/** What the plugin needs of its process; tests give another one. */
export interface PluginProcess {
  /** Arguments behind the program's name. */
  readonly arguments: readonly string[];
  readonly environment: Environment;
  /** The working directory. */
  folder(): string;
  /** Standard output and standard error. */
  output(descriptor: 1 | 2): LineSink;
  /** Changes when the process that started this one has ended. */
  parent(): number;
  /** Arguments of the process that started this one; empty where the system does not show them. */
  parentArguments(): readonly string[];
  /** Tells of signals to end, by name and number. */
  onSignal(listener: (name: string, number: number) => void): void;
  /** Tells of errors that nothing has caught. */
  onFault(listener: (error: unknown) => void): void;
  /** Where something in front of this process listens for its clients, and has said the address. */
  readonly clients?: ClientSource | undefined;
  /** Resolves when a call may be run that changes more than what this process knows. */
  beforeChange?(): Promise<void>;
  /** The process will end as soon as it can: what is written from now on may go out together. */
  willEnd?(): void;
  /** Gives the client back unanswered: a process of its own shall serve it. */
  leave?(): void;
}

/** Connections of clients that something else has accepted. */
export interface ClientSource {
  /** Called once; the connections before that come then. */
  take(receive: (connection: ClientConnection) => void): void;
}

/** SIGHUP comes when the terminal is closed; a Create must not be torn off by it either. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const thisProcess: PluginProcess = {
  arguments: process.argv.slice(2),
  environment: process.env,
  folder: () => process.cwd(),
  output: standardSink,
  parent: () => process.ppid,
  parentArguments: () => argumentsOf(process.ppid),
  onSignal: (listener) => {
    for (const name of SIGNALS) process.on(name, () => listener(name, constants.signals[name]));
  },
  onFault: (listener) => {
    process.on('uncaughtException', listener);
    process.on('unhandledRejection', listener);
  },
};

/** Behind the program's name. Only Linux shows them in a file. */
function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1);
  } catch {
    return [];
  }
}
