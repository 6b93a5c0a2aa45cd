import { constants } from 'node:os';
import { standardSink, type LineSink } from '../log/index.js';
import type { Environment } from '../options/index.js';

/** What the plugin needs of its process; tests give another one. */
export interface PluginProcess {
  /** Arguments behind the program's name. */
  readonly arguments: readonly string[];
  readonly environment: Environment;
  /** Standard output and standard error. */
  output(descriptor: 1 | 2): LineSink;
  /** Changes when the process that started this one has ended. */
  parent(): number;
  /** Tells of signals to end, by name and number. */
  onSignal(listener: (name: string, number: number) => void): void;
  /** Tells of errors that nothing has caught. */
  onFault(listener: (error: unknown) => void): void;
}

/** SIGHUP comes when the terminal is closed; a Create must not be torn off by it either. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const thisProcess: PluginProcess = {
  arguments: process.argv.slice(2),
  environment: process.env,
  output: standardSink,
  parent: () => process.ppid,
  onSignal: (listener) => {
    for (const name of SIGNALS) process.on(name, () => listener(name, constants.signals[name]));
  },
  onFault: (listener) => {
    process.on('uncaughtException', listener);
    process.on('unhandledRejection', listener);
  },
};
