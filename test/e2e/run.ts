import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { basename } from 'node:path';
import { hasSystemCode } from '../../src/support/index.js';

export interface Outcome {
  /** undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order of arrival. */
  readonly output: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** Resolves as soon as the output so far matches; rejects when the program ends first. */
  seen(pattern: RegExp): Promise<void>;
  /** As Ctrl-C in a terminal: to the whole process group. */
  interrupt(): void;
  /** SIGKILL to the whole process group. */
  killGroup(): void;
}

export interface StartOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
  /** Killed after so many ms, so that a test that hangs shows what was written; five minutes. */
  readonly limit?: number | undefined;
  /** Runs it as this user and the group of the same number. */
  readonly uid?: number | undefined;
}

/** What scripts/programs-said.cjs shows of a program when the test fails. */
interface ProgramOfTest {
  readonly commandLine: string;
  /** How it has ended; undefined = it has not. */
  ended(): string | undefined;
  said(): string;
}

function putOnList(program: ProgramOfTest): void {
  const list: unknown = Reflect.get(globalThis, Symbol.for('the programs that a test has run'));
  if (Array.isArray(list)) list.push(program);
}

/**
 * Linux shares a CPU among sessions first, and among their processes then (sched(7), autogroup): a session of its own has lost
 * the niceness of this process, which scripts/test.sh has set for a reason.
 */
function passNiceness(pid: number | undefined): void {
  const niceness = getPriority();
  if (niceness === 0 || pid === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch {
    // A kernel without it shares among processes, or this user may not: then it only takes longer.
  }
}

/** Starts a program in a process group of its own, without input. */
export function start(
  command: string,
  args: readonly string[],
  { env, cwd, uid, limit = 300_000 }: StartOptions,
): Running {
  const child = spawn(command, args, {
    env,
    cwd,
    uid,
    gid: uid,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  passNiceness(child.pid);
  const text = { stdout: '', stderr: '', output: '' };
  const watchers = new Set<() => void>();
  const collect = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
    text[name] += chunk.toString();
    text.output += chunk.toString();
    for (const watcher of [...watchers]) watcher();
  };
  child.stdout.on('data', collect('stdout'));
  child.stderr.on('data', collect('stderr'));

  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      // All of the group has just ended by a signal.
      if (!hasSystemCode(error, 'ESRCH')) throw error;
    }
  };
  let ended: string | undefined;
  putOnList({
    commandLine: [basename(command), ...args].join(' ').slice(0, 200),
    ended: () => ended,
    said: () => text.output,
  });
  const timer = setTimeout(() => signalGroup('SIGKILL'), limit);
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', (error) => {
      ended = error.message;
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      ended = signal ?? `exit code ${String(code)}`;
      resolve({ code: code ?? undefined, ...text });
    });
  });
  const seen = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(text.output)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      const gone = (): void => reject(new Error(`ended before it said ${String(pattern)}: ${text.output}`));
      outcome.then(gone, gone);
    });
  return {
    child,
    outcome,
    seen,
    interrupt: () => signalGroup('SIGINT'),
    killGroup: () => signalGroup('SIGKILL'),
  };
}
