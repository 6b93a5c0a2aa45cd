import type { Process } from '../os/process.js';
import { ExpansionError } from './expansion/expansion.js';
import { Flow } from './state/flow.js';
import { Interpreter } from './interpreter.js';
import { parse } from './grammar/parser.js';
import { createShell, type ShellCall } from './run-shell.js';
import { ShellSyntaxError, type Script } from './grammar/syntax.js';

export interface LoopCall extends ShellCall {
  /** What to print before a line is read; `more` = inside an unfinished command. */
  readonly prompt?: ((cwd: string, more: boolean) => string) | undefined;
  /** Is given a function to be called at Ctrl-C. */
  readonly onInterrupt?: ((listener: () => void) => void) | undefined;
}

/** Instead of a line: Ctrl-C. */
const INTERRUPTED = Symbol('interrupted');

/** Up to this size an unfinished command is tried again at every line; beyond, whenever it grew by a part. */
const EAGER = 4096;

/**
 * Runs commands as they come from the standard input, line by line, so that programs can read what follows
 * them. Ends at the end of the input or at `exit`.
 */
export async function readEvalLoop(process: Process, call: LoopCall): Promise<number> {
  const shell = createShell(process, call);
  try {
    return await loop(process, shell, call);
  } finally {
    await shell.substitutions.close(shell);
  }
}

async function loop(process: Process, shell: Interpreter, call: LoopCall): Promise<number> {
  const { state } = shell;
  let text = '';
  let tried = 0;
  for (;;) {
    if (call.prompt !== undefined) await process.stdout.write(call.prompt(state.cwd, text !== ''));
    const line = await readLine(process);
    if (line === INTERRUPTED) {
      text = '';
      continue;
    }
    if (line === undefined && text === '') return state.status;
    text += line ?? '';
    if (line !== undefined && text.length > EAGER && text.length < tried * 1.25) continue;
    tried = text.length;
    const script = attemptToParse(text, line === undefined);
    if (script === undefined) continue;
    text = '';
    tried = 0;
    const ended = await runLine(process, shell, script, call);
    if (ended !== undefined) return ended;
  }
}

/** undefined = more has to come. */
function attemptToParse(text: string, last: boolean): Script | ShellSyntaxError | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    return error.incomplete && !last ? undefined : error;
  }
}

async function readLine({ stdin, signal }: Process): Promise<string | typeof INTERRUPTED | undefined> {
  try {
    return await stdin.readLine();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && error.name === 'Interrupted') return INTERRUPTED;
    throw error;
  }
}

/** The exit status when the shell is to end. */
async function runLine(
  process: Process,
  outer: Interpreter,
  script: Script | ShellSyntaxError,
  call: LoopCall,
): Promise<number | undefined> {
  const interrupted = new AbortController();
  call.onInterrupt?.(() => interrupted.abort());
  const signal = AbortSignal.any([process.signal, interrupted.signal]);
  const { state, streams, builtins, substitutions } = outer;
  const shell = new Interpreter({
    process: { ...process, signal },
    state,
    streams,
    builtins,
    substitutions,
    depth: process.depth,
  });
  try {
    if (script instanceof ShellSyntaxError) {
      state.status = 2;
      await shell.complain(process, script.message);
      return call.prompt === undefined ? 2 : undefined;
    }
    await shell.script(script, streams);
    return undefined;
  } catch (error) {
    if (error instanceof Flow) return error.kind === 'exit' ? error.value : undefined;
    if (error instanceof ExpansionError) {
      await shell.complain(process, error.message);
      state.status = 1;
      return call.prompt === undefined ? 1 : undefined;
    }
    process.signal.throwIfAborted();
    if (!interrupted.signal.aborted && !(error instanceof Error && error.name === 'Interrupted')) throw error;
    state.status = 130;
    return undefined;
  } finally {
    call.onInterrupt?.(() => undefined);
  }
}
