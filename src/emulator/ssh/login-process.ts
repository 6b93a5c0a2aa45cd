import { basename, isErrno } from '../filesystem/index.js';
import type { User } from '../os/accounts.js';
import { Budget, BudgetExceeded } from '../os/budget.js';
import { DEFAULT_PATH, execute, findProgram } from '../os/execute.js';
import type { Process, StandardStreams, System } from '../os/process.js';
import { readEvalLoop } from '../shell/index.js';
import type { Terminal } from './terminal.js';

export interface LoginOptions {
  readonly streams: StandardStreams;
  readonly env: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  readonly terminal: boolean;
}

/** The user's login shell as a process that has not begun. */
export function loginProcess(system: System, user: User, options: LoginOptions): Process {
  const home = system.fs.find(user.home, user)?.kind === 'directory' ? user.home : '/';
  const env = new Map([
    ...options.env,
    ['HOME', user.home],
    ['USER', user.name],
    ['LOGNAME', user.name],
    ['SHELL', user.shell],
    ['PATH', DEFAULT_PATH],
  ]);
  return {
    ...options.streams,
    system,
    user,
    args: [basename(user.shell)],
    env,
    cwd: home,
    signal: options.signal,
    budget: new Budget(),
    depth: 0,
    terminal: options.terminal,
  };
}

/** Runs `shell -c command`; gives the exit status, or 137 when the session used more than it may. */
export async function runCommand(process: Process, command: string): Promise<number> {
  return guarded(process, async () => {
    const shell = findProgram(process, process.user.shell);
    if (shell === undefined) return 127;
    return execute({ ...process, args: [...process.args, '-c', command] }, shell);
  });
}

/** An error that no program handled ends the session with a line that says why. */
export async function guarded(process: Process, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (process.signal.aborted) return 255;
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof BudgetExceeded))
      process.system.logger.warn(`guest ${process.system.spec.name}: ${reason}`);
    await process.stderr.line(reason).catch(() => undefined);
    return 137;
  }
}

/** A login shell without a command: prompts on a terminal, silent otherwise. */
export async function interactiveShell(process: Process, terminal: Terminal | undefined): Promise<number> {
  if (terminal === undefined) return readEvalLoop(process, { dialect: 'bash' });
  await greet(process);
  return readEvalLoop(process, {
    dialect: 'bash',
    prompt: (cwd, more) => (more ? '> ' : promptFor(process, cwd)),
    onInterrupt: (listener) => (terminal.onInterrupt = listener),
  });
}

async function greet({ system, stdout }: Process): Promise<void> {
  try {
    await stdout.write(system.fs.readText('/etc/motd'));
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}

function promptFor({ system, user }: Process, cwd: string): string {
  const shown =
    cwd === user.home ? '~' : cwd.startsWith(`${user.home}/`) ? `~${cwd.slice(user.home.length)}` : cwd;
  return `${user.name}@${system.hostname.split('.')[0] ?? ''}:${shown}${user.uid === 0 ? '#' : '$'} `;
}
