import type { StandardStreams } from '../../os/process.js';
import type { Interpreter } from '../interpreter.js';

/** One call of a command that the shell runs itself. */
export interface BuiltinCall {
  readonly shell: Interpreter;
  /** Name first. */
  readonly args: readonly string[];
  readonly streams: StandardStreams;
  /** Of the script, for messages. */
  readonly line: number;
  /** Variables given for this call only. */
  readonly values: ReadonlyMap<string, string>;
}

export type Builtin = (call: BuiltinCall) => number | Promise<number>;

/** Prints `name: message` after the shell's own prefix. */
export function complain({ shell, args, streams, line }: BuiltinCall, message: string): Promise<void> {
  return shell.complain(streams, `${args[0] ?? ''}: ${message}`, line);
}
