import { absolute, Errno } from '../../filesystem/index.js';
import { ShellSyntaxError } from '../grammar/syntax.js';
import { Flow, fail, isDash, type Builtin, type BuiltinCall } from '../state/shell.js';

async function numberIn(call: BuiltinCall, fallback: number): Promise<number> {
  const text = call.args[1];
  if (text === undefined) return fallback;
  if (/^\d+$/.test(text) || (!isDash(call) && /^-\d+$/.test(text))) return Number(text);
  await fail(call, isDash(call) ? `Illegal number: ${text}` : `${text}: numeric argument required`);
  throw new Flow('exit', 2);
}

async function exit(call: BuiltinCall): Promise<number> {
  throw new Flow('exit', (await numberIn(call, call.shell.state.status)) & 0xff);
}

async function returning(call: BuiltinCall): Promise<number> {
  const { state } = call.shell;
  const value = await numberIn(call, state.status);
  if (!isDash(call) && !state.inFunctionOrScript)
    return fail(call, "can only `return' from a function or sourced script");
  throw new Flow('return', isDash(call) ? value : value & 0xff);
}

/** `break` and `continue`: of so many loops, of all there are when that is more. */
function leaving(kind: 'break' | 'continue'): Builtin {
  return async (call) => {
    const count = Math.min(await numberIn(call, 1), call.shell.loops);
    if (count === 0) return 0;
    throw new Flow(kind, count);
  };
}

/** Runs a text in this shell. A syntax error ends a script of dash; `where` names the text in the message. */
async function runText(call: BuiltinCall, text: string, where: string): Promise<number> {
  const { shell } = call;
  try {
    return await shell.nested(() => shell.text(text, call.streams));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    const [message = ''] = error.message.split('\n');
    await shell.complain(call.streams, isDash(call) ? `${where}: ${message}` : message, error.line);
    if (isDash(call) && !call.command) throw new Flow('exit', 2);
    return isDash(call) ? 2 : 1;
  }
}

async function source(call: BuiltinCall): Promise<number> {
  const { shell, args } = call;
  const [, file, ...positional] = args;
  if (file === undefined) return isDash(call) ? 0 : fail(call, 'filename argument required');
  let text: string;
  try {
    text = readSource(call, file);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (!isDash(call)) {
      await shell.complain(call.streams, `${file}: ${error.message}`);
      return 1;
    }
    const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    const reason = missing ? 'No such file' : error.message;
    return fail(call, file.includes('/') ? `cannot open ${file}: ${reason}` : `${file}: not found`);
  }
  const { state } = shell;
  const outer = state.positional;
  // dash leaves the parameters alone.
  if (!isDash(call) && positional.length > 0) state.positional = positional;
  state.sourced++;
  try {
    return await runText(call, text, file);
  } catch (error) {
    if (error instanceof Flow && error.kind === 'return') return error.value;
    throw error;
  } finally {
    state.sourced--;
    if (!isDash(call) && positional.length > 0) state.positional = outer;
  }
}

/** A file for `.`: a name without a slash is looked up in the path, by bash then in the directory, too. */
function readSource(call: BuiltinCall, file: string): string {
  const { state, process } = call.shell;
  const { fs } = process.system;
  const read = (path: string) => fs.readText(absolute(state.cwd, path), process.user);
  if (file.includes('/')) return read(file);
  const directories = (state.get('PATH') ?? '').split(':');
  const candidates = directories.map((directory) => `${directory === '' ? '.' : directory}/${file}`);
  const found = candidates.find((path) => fs.find(absolute(state.cwd, path))?.kind === 'file');
  if (found === undefined && isDash(call)) throw new Errno('ENOENT');
  return read(found ?? file);
}

/** `exec command`: what follows in the script is never reached. `exec > file`: from now on. */
async function exec(call: BuiltinCall): Promise<number> {
  const { shell, streams } = call;
  const [, ...args] = call.args;
  const [name] = args;
  if (name === undefined) {
    const { stdin, stdout, stderr, further } = streams;
    Object.assign(shell.streams, { stdin, stdout, stderr, further });
    return 0;
  }
  shell.state.traps.clear();
  const status = await shell.run(args, streams, true, (message) => `exec: ${message}`);
  throw new Flow('exit', status);
}

export const flowBuiltins: readonly (readonly [string, Builtin])[] = [
  [':', () => 0],
  ['true', () => 0],
  ['false', () => 1],
  ['exit', exit],
  ['return', returning],
  ['break', leaving('break')],
  ['continue', leaving('continue')],
  ['eval', (call) => runText(call, call.args.slice(1).join(' '), 'eval')],
  ['.', source],
  ['source', source],
  ['exec', exec],
];
