import type { System } from '../os/process.js';

/** A program that a service keeps running. */
export interface Daemon {
  /** Ends it; its ports are closed when this resolves. */
  stop(): Promise<void>;
}

export interface DaemonStart {
  readonly system: System;
  /** Command line, program first. */
  readonly args: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly log: (line: string) => void;
}

/** Starts a daemon; rejects with a DaemonError when it would exit at once. */
export type DaemonProgram = (start: DaemonStart) => Promise<Daemon>;

/** Why a daemon ended right after its start, in its own words. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError';
}

/** A daemon without any effect but being there. */
export const idleDaemon: DaemonProgram = ({ log }) => {
  log('started');
  return Promise.resolve({ stop: () => Promise.resolve() });
};
