import type { Process } from '../os/process.js';
import { InputStream } from '../os/streams.js';
import { ExpansionError } from './expansion/expansion.js';
import { Flow } from './state/shell.js';
import { Interpreter } from './interpreter.js';
import type { CursorOptions } from './grammar/cursor.js';
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
  const lines = linesOf(process, call);
  try {
    return await shell.main(() => loop(process, shell, call, lines));
  } finally {
    await shell.substitutions.close(shell);
  }
}

async function loop(
  process: Process,
  shell: Interpreter,
  call: LoopCall,
  lines: LineReader,
): Promise<number> {
  const { state } = shell;
  let text = '';
  let tried = 0;
  let firstLine = 1;
  for (;;) {
    if (call.prompt !== undefined) await process.stdout.write(call.prompt(state.cwd, text !== ''));
    const line = await lines();
    if (line === INTERRUPTED) {
      text = '';
      continue;
    }
    if (line === undefined && text === '') return state.status;
    text += line ?? '';
    if (line !== undefined && text.length > EAGER && text.length < tried * 1.25) continue;
    tried = text.length;
    const script = attemptToParse(text, { dialect: call.dialect, more: line !== undefined, firstLine });
    if (script === undefined) continue;
    if (call.prompt === undefined) firstLine += text.split('\n').length - 1;
    text = '';
    tried = 0;
    const ended = await runLine(process, shell, script, call);
    if (ended !== undefined) return ended;
  }
}

/** undefined = more has to come. */
function attemptToParse(text: string, options: CursorOptions): Script | ShellSyntaxError | undefined {
  try {
    return parse(text, options);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    return error.incomplete && options.more === true ? undefined : error;
  }
}

type LineReader = () => Promise<string | typeof INTERRUPTED | undefined>;

/** dash reads a script from a pipe in blocks: what its commands read begins behind the block. */
const BLOCK = 8192;

function linesOf(process: Process, call: LoopCall): LineReader {
  if (call.dialect === 'bash' || call.prompt !== undefined) return () => readLine(process, process.stdin);
  const block = new InputStream({
    read: async () => {
      const bytes = await process.stdin.read();
      if (bytes !== undefined && bytes.length > BLOCK) process.stdin.unread(bytes.subarray(BLOCK));
      return bytes?.subarray(0, BLOCK);
    },
  });
  return () => readLine(process, block);
}

async function readLine(
  { signal }: Process,
  stdin: InputStream,
): Promise<string | typeof INTERRUPTED | undefined> {
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
    line: outer.line,
  });
  try {
    if (script instanceof ShellSyntaxError) {
      state.status = await shell.failed(script);
      return call.prompt === undefined ? 2 : undefined;
    }
    await shell.script(script, streams);
    return undefined;
  } catch (error) {
    if (error instanceof Flow) return error.kind === 'exit' ? error.value : undefined;
    if (error instanceof ExpansionError) {
      state.status = await shell.failed(error);
      return call.prompt === undefined ? state.status : undefined;
    }
    process.signal.throwIfAborted();
    if (!interrupted.signal.aborted && !(error instanceof Error && error.name === 'Interrupted')) throw error;
    state.status = 130;
    return undefined;
  } finally {
    call.onInterrupt?.(() => undefined);
  }
}
