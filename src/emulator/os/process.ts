import type { Budget } from './budget.js';
import type { InputStream, OutputStream } from './streams.js';
import type { System } from '../guest/guest-system.js';
import type { User } from './user.js';

export interface StandardStreams {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
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
  /** Whether a person's terminal is at the other end. */
  readonly terminal: boolean;
}

/** A program of the emulated image; gives its exit status. An Errno it lets through is printed for it. */
export type Program = (process: Process) => number | Promise<number>;

/** All programs by name; a guest has those for which an executable file exists. */
export type Programs = ReadonlyMap<string, Program>;
