import type { Process } from '../os/process.js';
import { builtins } from './builtins/index.js';
import { Interpreter } from './interpreter.js';
import { ProcessSubstitutions } from './process-substitution.js';
import type { Dialect } from './grammar/syntax.js';
import { ShellState } from './state/shell-state.js';

export interface ShellCall {
  readonly dialect: Dialect;
  /** `$0`; the name of the dialect's program unless given. */
  readonly name?: string | undefined;
  readonly positional?: readonly string[] | undefined;
  /** The script is the text of `-c`. */
  readonly fromCommandLine?: boolean | undefined;
  /** Changes options before the first command. */
  readonly prepare?: ((state: ShellState) => void) | undefined;
}

/** A shell process: its variables are the process's environment. */
export function createShell(
  process: Process,
  { dialect, name, positional, fromCommandLine, prepare }: ShellCall,
): Interpreter {
  const state = new ShellState(
    name ?? (dialect === 'dash' ? 'sh' : 'bash'),
    dialect,
    process.cwd,
    positional ?? [],
    process.system.nextProcessId(),
  );
  for (const [variable, value] of process.env) state.set(variable, value, true);
  // Never taken from the environment.
  state.set('IFS', ' \t\n', false);
  state.set('PWD', process.cwd);
  state.umask = process.user.umask ?? state.umask;
  state.fromCommandLine = fromCommandLine ?? false;
  prepare?.(state);
  const { stdin, stdout, stderr, further } = process;
  return new Interpreter({
    process,
    state,
    streams: { stdin, stdout, stderr, further },
    builtins,
    substitutions: new ProcessSubstitutions(),
    depth: process.depth,
  });
}

/** Runs a whole script; gives its exit status. */
export async function runShell(process: Process, text: string, call: ShellCall): Promise<number> {
  const shell = createShell(process, call);
  try {
    return await shell.main(() => shell.text(text));
  } finally {
    await shell.substitutions.close(shell);
  }
}
