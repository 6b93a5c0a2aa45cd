import type { User } from '../../os/accounts.js';
import type { Process, StandardStreams } from '../../os/process.js';
import type { ByteSink } from '../../os/streams.js';
import type { Expansion } from '../expansion/expansion.js';
import type { Command, Dialect, Script } from '../grammar/syntax.js';
import type { ShellState } from './shell-state.js';

/** How a script leaves the normal order of commands. Thrown by builtins, caught by the construct it names. */
export class Flow extends Error {
  override readonly name = 'Flow';

  constructor(
    readonly kind: 'break' | 'continue' | 'return' | 'exit',
    /** Loops to leave, or the exit status. */
    readonly value: number,
  ) {
    super(kind);
  }

  /** The same for the next loop further out; undefined when this loop was the last one named. */
  outer(): Flow | undefined {
    return this.value > 1 ? new Flow(this.kind, this.value - 1) : undefined;
  }
}

/** A running shell, as its builtins and its compound commands see it. */
export interface Shell {
  readonly process: Process;
  readonly state: ShellState;
  /** The shell's own streams; `exec` with a redirection replaces them. */
  readonly streams: { -readonly [Name in keyof StandardStreams]: StandardStreams[Name] };
  readonly expansion: Expansion;
  /** The commands that the shell runs itself. */
  readonly builtins: Builtins;
  readonly substitutions: Substitutions;
  /** Who creates files: the process's user with the shell's umask. */
  readonly user: User;
  /** Of the command that runs, for messages. */
  readonly line: number;
  /** Loops that `break` can leave. */
  loops: number;
  /** Runs a script's text line by line; a syntax error is thrown when its line is reached. */
  text(text: string, streams?: StandardStreams): Promise<number>;
  script(script: Script, streams: StandardStreams): Promise<number>;
  /** Like `script`, for what stands after `if`, `while`, `until`. */
  condition(script: Script, streams: StandardStreams): Promise<boolean>;
  /** The output of `$(script)`. */
  substitute(script: Script): Promise<string>;
  /** Runs a script in a shell of its own that begins as a copy of this one; gives the exit status. */
  subshell(script: Script, streams: StandardStreams, process?: Process): Promise<number>;
  command(command: Command, streams: StandardStreams): Promise<number>;
  /** Whether the name is one of POSIX's special builtins, whose errors end a script of dash. */
  isSpecial(name: string): boolean;
  /**
   * Runs a function, builtin or program by name. `plain` = as `command` does: no function. `described` = what
   * the message about a missing program says.
   */
  run(
    args: readonly string[],
    streams: StandardStreams,
    plain?: boolean,
    described?: (message: string) => string,
  ): Promise<number>;
  /** Runs what can contain itself without a new shell: functions, `eval`, `.`; the nesting is bounded. */
  nested(body: () => Promise<number>): Promise<number>;
  /** Prints a message the way this shell does: `bash: line 3: …`, `sh: 3: …`. */
  complain(streams: StandardStreams, message: string, line?: number): Promise<void>;
}

/** The `<(…)` and `>(…)` of one shell and its subshells. */
export interface Substitutions {
  /** Gives the path that stands for the script's input or output. */
  connect(
    shell: Shell,
    direction: 'read' | 'write',
    script: Script,
    streams: StandardStreams,
  ): Promise<string>;
  /** The pipe behind a path that is to be opened for writing. */
  pipe(path: string): ByteSink | undefined;
  /** The shell ends: the scripts see the end of their input, and are waited for. */
  close(shell: Shell): Promise<void>;
}

/** One call of a command that the shell runs itself. */
export interface BuiltinCall {
  readonly shell: Shell;
  /** Name first. */
  readonly args: readonly string[];
  readonly streams: StandardStreams;
  /** Called through `command`, which keeps a special builtin's error from ending the script. */
  readonly command: boolean;
}

export type Builtin = (call: BuiltinCall) => number | Promise<number>;

export interface Builtins {
  /** The builtin of that name; undefined when the dialect has none. */
  find(name: string, dialect: Dialect): Builtin | undefined;
  /** Whether it is one of POSIX's special builtins. */
  isSpecial(name: string): boolean;
}

/** Prints `name: message` after the shell's own prefix. */
export function complain({ shell, args, streams }: BuiltinCall, message: string): Promise<void> {
  return shell.complain(streams, `${args[0] ?? ''}: ${message}`);
}

/** Complains and gives the status; a special builtin's error ends a script of dash. */
export async function fail(call: BuiltinCall, message: string, status = 2): Promise<number> {
  await complain(call, message);
  if (!call.command && call.shell.isSpecial(call.args[0] ?? '')) throw new Flow('exit', status);
  return status;
}

export function isDash({ shell }: BuiltinCall): boolean {
  return shell.state.dialect === 'dash';
}
