import { findProgram } from '../../os/execute.js';
import { complain, type Builtin, type BuiltinCall, type Shell } from '../state/shell.js';

const KEYWORDS = new Set('if then elif else fi for while until do done case esac in { } !'.split(' '));

type Found =
  { readonly kind: 'keyword' | 'function' | 'builtin' } | { readonly kind: 'file'; readonly path: string };

function lookUp(shell: Shell, name: string): Found | undefined {
  if (KEYWORDS.has(name)) return { kind: 'keyword' };
  if (shell.state.functions.has(name)) return { kind: 'function' };
  if (shell.builtins.has(name)) return { kind: 'builtin' };
  const { system, user } = shell.process;
  const path = shell.state.get('PATH');
  const env = path === undefined ? new Map<string, string>() : new Map([['PATH', path]]);
  const found = name.includes('/')
    ? system.fs.find(name, user) && { path: name }
    : findProgram({ system, user, env, cwd: shell.state.cwd }, name);
  return found === undefined ? undefined : { kind: 'file', path: found.path };
}

async function type(call: BuiltinCall): Promise<number> {
  const { shell, args, streams } = call;
  let status = 0;
  for (const name of args.slice(1).filter((argument) => !argument.startsWith('-'))) {
    const found = lookUp(shell, name);
    if (found === undefined) {
      await notFound(call, name);
      status = 1;
    } else if (found.kind === 'file') await streams.stdout.line(`${name} is ${found.path}`);
    else if (found.kind === 'builtin') await streams.stdout.line(`${name} is a shell builtin`);
    else await streams.stdout.line(`${name} is a ${found.kind === 'keyword' ? 'shell keyword' : 'function'}`);
  }
  return status;
}

async function notFound(call: BuiltinCall, name: string): Promise<void> {
  if (call.shell.state.dialect === 'dash') await call.streams.stdout.line(`${name}: not found`);
  else await complain(call, `${name}: not found`);
}

/** `command NAME …` runs it, `command -v NAME` says what would run. */
async function command({ shell, args, streams, values, line }: BuiltinCall): Promise<number> {
  const [, option, name = ''] = args;
  if (option !== '-v' && option !== '-V') {
    return args.length === 1 ? 0 : shell.run(args.slice(1), streams, values, line);
  }
  const found = lookUp(shell, name);
  if (found === undefined) return shell.state.dialect === 'dash' ? 127 : 1;
  await streams.stdout.line(found.kind === 'file' ? found.path : name);
  return 0;
}

export const lookupBuiltins: readonly (readonly [string, Builtin])[] = [
  ['type', type],
  ['command', command],
  ['hash', () => 0],
];
