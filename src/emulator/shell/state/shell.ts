import type { Process, StandardStreams } from '../../os/process.js';
import type { ByteSink } from '../../os/streams.js';
import type { Expansion } from '../expansion/expansion.js';
import type { Command, Script } from '../grammar/syntax.js';
import type { ShellState } from './shell-state.js';

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
  script(script: Script, streams: StandardStreams): Promise<number>;
  /** Like `script`, for what stands after `if`, `while`, `until`. */
  condition(script: Script, streams: StandardStreams): Promise<boolean>;
  /** The output of `$(script)`. */
  substitute(script: Script): Promise<string>;
  /** Runs a script in a shell of its own that begins as a copy of this one; gives the exit status. */
  subshell(script: Script, streams: StandardStreams): Promise<number>;
  command(command: Command, streams: StandardStreams): Promise<number>;
  /** Runs a function, builtin or program by name. `values` are variables for this command only. */
  run(
    args: readonly string[],
    streams: StandardStreams,
    values?: ReadonlyMap<string, string>,
    line?: number,
  ): Promise<number>;
  /** Runs what can contain itself without a new shell: functions, `eval`, `.`; the nesting is bounded. */
  nested(body: () => Promise<number>): Promise<number>;
  /** Resolves when every background job has ended. */
  waitForJobs(): Promise<void>;
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
  /** Of the script, for messages. */
  readonly line: number;
  /** Variables given for this call only. */
  readonly values: ReadonlyMap<string, string>;
}

export type Builtin = (call: BuiltinCall) => number | Promise<number>;
export type Builtins = ReadonlyMap<string, Builtin>;

/** Prints `name: message` after the shell's own prefix. */
export function complain({ shell, args, streams, line }: BuiltinCall, message: string): Promise<void> {
  return shell.complain(streams, `${args[0] ?? ''}: ${message}`, line);
}
