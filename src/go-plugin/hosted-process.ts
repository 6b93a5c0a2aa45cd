import { closeSync, openSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { standardSink, type LineSink } from '../logging/index.js';

/** What a plugin needs of its process; tests give another one. */
export interface HostedProcess {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Sockets in files, or TCP where hosts know none. */
  readonly network: 'unix' | 'tcp';
  /** Standard error. */
  errors(): LineSink;
  /** Writes the line that a host reads, and lets nothing else get to where it was written. */
  sayAddress(line: string): void;
  /** Changes when the process that started this one has ended. */
  parent(): number;
  /** Tells of signals that would end this process, by name and number. */
  onSignal(listener: (name: string, number: number) => void): void;
  /** Tells of errors that nothing has caught. */
  onFault(listener: (error: unknown) => void): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

export const thisHostedProcess: HostedProcess = {
  environment: process.env,
  network: process.platform === 'win32' ? 'tcp' : 'unix',
  errors: () => standardSink(2),
  sayAddress: (line) => {
    writeSync(1, line);
    if (process.platform !== 'win32') sendOutputToErrors();
  },
  parent: () => process.ppid,
  onSignal: (listener) => {
    for (const name of SIGNALS) process.on(name, () => listener(name, constants.signals[name]));
  },
  onFault: (listener) => {
    process.on('uncaughtException', listener);
    process.on('unhandledRejection', listener);
  },
};

/**
 * Descriptor 1 becomes another one of standard error, or of nothing. A host stops reading at a line of 64 KiB; from then on
 * whatever prints would fill the pipe, and hang. The lowest free number is given to a file that is opened, and nothing else
 * opens files here: it is 1.
 */
function sendOutputToErrors(): void {
  closeSync(1);
  try {
    openSync('/dev/fd/2', 'a');
  } catch {
    // A socket cannot be opened by its name.
    openSync('/dev/null', 'w');
  }
}
