import { absolute } from '../../filesystem/index.js';
import { Flow } from '../state/flow.js';
import { parse } from '../grammar/parser.js';
import { ShellSyntaxError } from '../grammar/syntax.js';
import { complain, type Builtin, type BuiltinCall } from '../state/shell.js';

function leave(kind: Flow['kind'], fallback: (call: BuiltinCall) => number): Builtin {
  return async (call) => {
    const text = call.args[1];
    if (text !== undefined && !/^\d+$/.test(text)) {
      await complain(call, `${text}: numeric argument required`);
      throw new Flow('exit', 2);
    }
    const value = text === undefined ? fallback(call) : Number(text);
    throw new Flow(kind, kind === 'exit' || kind === 'return' ? value & 0xff : value);
  };
}

async function runText(call: BuiltinCall, text: string): Promise<number> {
  try {
    const script = parse(text);
    return await call.shell.nested(() => call.shell.script(script, call.streams));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    await call.shell.complain(call.streams, error.message, call.line);
    return 2;
  }
}

async function source(call: BuiltinCall): Promise<number> {
  const { shell, args } = call;
  const [, file] = args;
  if (file === undefined) {
    await complain(call, 'filename argument required');
    return 2;
  }
  const { system, user } = shell.process;
  const text = system.fs.readText(absolute(shell.state.cwd, file), user);
  try {
    return await runText(call, text);
  } catch (error) {
    if (error instanceof Flow && error.kind === 'return') return error.value;
    throw error;
  }
}

/** `exec command`: what follows in the script is never reached. `exec > file`: from now on. */
async function exec({ shell, args, streams, values, line }: BuiltinCall): Promise<number> {
  if (args.length === 1) {
    const { stdin, stdout, stderr } = streams;
    Object.assign(shell.streams, { stdin, stdout, stderr });
    return 0;
  }
  throw new Flow('exit', await shell.run(args.slice(1), streams, values, line));
}

const status = ({ shell }: BuiltinCall): number => shell.state.status;

export const flowBuiltins: readonly (readonly [string, Builtin])[] = [
  [':', () => 0],
  ['true', () => 0],
  ['false', () => 1],
  ['exit', leave('exit', status)],
  ['return', leave('return', status)],
  ['break', leave('break', () => 1)],
  ['continue', leave('continue', () => 1)],
  ['eval', (call) => runText(call, call.args.slice(1).join(' '))],
  ['.', source],
  ['source', source],
  ['exec', exec],
  [
    'wait',
    async ({ shell }) => {
      await shell.waitForJobs();
      return 0;
    },
  ],
  // Signals do not reach scripts here, and there is nothing to limit: accepted without effect.
  ['trap', () => 0],
  ['ulimit', () => 0],
];
