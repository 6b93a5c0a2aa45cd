import type { Process } from '../os/process.js';
import { builtins } from './builtins/index.js';
import { Interpreter } from './interpreter.js';
import { ProcessSubstitutions } from './process-substitution.js';
import { parse } from './grammar/parser.js';
import { ShellState, type Dialect } from './state/shell-state.js';
import { ShellSyntaxError } from './grammar/syntax.js';

export interface ShellCall {
  readonly dialect: Dialect;
  /** `$0`; the name of the dialect's program unless given. */
  readonly name?: string | undefined;
  readonly positional?: readonly string[] | undefined;
  /** Changes options before the first command. */
  readonly prepare?: ((state: ShellState) => void) | undefined;
}

/** A shell process: its variables are the process's environment. */
export function createShell(
  process: Process,
  { dialect, name, positional, prepare }: ShellCall,
): Interpreter {
  const state = new ShellState(
    name ?? (dialect === 'dash' ? 'sh' : 'bash'),
    dialect,
    process.cwd,
    positional ?? [],
  );
  for (const [variable, value] of process.env) state.set(variable, value, true);
  state.set('PWD', process.cwd);
  prepare?.(state);
  const { stdin, stdout, stderr } = process;
  return new Interpreter({
    process,
    state,
    streams: { stdin, stdout, stderr },
    builtins,
    substitutions: new ProcessSubstitutions(),
    depth: process.depth,
  });
}

/** Runs a whole script; gives its exit status. */
export async function runShell(process: Process, text: string, call: ShellCall): Promise<number> {
  const shell = createShell(process, call);
  try {
    return await shell.main(parse(text));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    await shell.complain(process, error.message);
    return 2;
  } finally {
    await shell.substitutions.close(shell);
  }
}
