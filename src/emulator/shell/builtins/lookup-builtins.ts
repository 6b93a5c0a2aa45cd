import { absolute } from '../../filesystem/index.js';
import { DEFAULT_PATH, findProgram } from '../../os/execute.js';
import { RESERVED } from '../grammar/cursor.js';
import type { Shell } from '../state/shell.js';
import { complain, isDash, type Builtin, type BuiltinCall } from '../state/shell.js';

type Found =
  | { readonly kind: 'keyword' | 'function' | 'builtin' | 'special' }
  | { readonly kind: 'file'; readonly path: string };

function lookUp(shell: Shell, name: string): Found | undefined {
  const { state } = shell;
  if (RESERVED.has(name) && name !== 'in') return { kind: 'keyword' };
  if (state.functions.has(name)) return { kind: 'function' };
  if (shell.builtins.find(name, state.dialect) !== undefined)
    return { kind: shell.isSpecial(name) ? 'special' : 'builtin' };
  const { system, user } = shell.process;
  if (name.includes('/'))
    return system.fs.find(absolute(state.cwd, name), user) && { kind: 'file', path: name };
  const path = state.get('PATH');
  const env = path === undefined ? new Map<string, string>() : new Map([['PATH', path]]);
  const found = findProgram({ system, user, env, cwd: state.cwd }, name);
  return found === undefined ? undefined : { kind: 'file', path: found.path };
}

/** `type NAME …` and `command -V NAME`. */
async function describe(call: BuiltinCall, names: readonly string[]): Promise<number> {
  const { shell, streams } = call;
  let status = 0;
  for (const name of names) {
    const found = lookUp(shell, name);
    if (found !== undefined) await streams.stdout.line(`${name} is ${described(found, isDash(call))}`);
    else {
      if (isDash(call)) await streams.stdout.line(`${name}: not found`);
      else await complain(call, `${name}: not found`);
      status = isDash(call) ? 127 : 1;
    }
  }
  return status;
}

const IN_WORDS = {
  builtin: 'a shell builtin',
  special: 'a special shell builtin',
  keyword: 'a shell keyword',
} as const;

function described(found: Found, dash: boolean): string {
  if (found.kind === 'file') return found.path;
  if (found.kind === 'function') return dash ? 'a shell function' : 'a function';
  return IN_WORDS[found.kind];
}

/** `type -t NAME …` of bash: one word for each. */
async function kinds({ shell, args, streams }: BuiltinCall): Promise<number> {
  let status = 0;
  for (const name of args.slice(2)) {
    const found = lookUp(shell, name);
    if (found === undefined) status = 1;
    else await streams.stdout.line(found.kind === 'special' ? 'builtin' : found.kind);
  }
  return status;
}

/** `command NAME …` runs it, `command -v NAME` says what would run. */
async function command(call: BuiltinCall): Promise<number> {
  const { shell, streams } = call;
  const words = call.args.slice(1);
  const [, letters = ''] = /^-([pvV]+)$/.exec(words[0] ?? '') ?? [];
  if (letters !== '') words.shift();
  if (words[0] === '--') words.shift();
  const [name] = words;
  if (name === undefined) return 0;
  if (letters.includes('V')) return describe(call, words);
  if (letters.includes('v')) {
    const found = lookUp(shell, name);
    if (found === undefined) return isDash(call) ? 127 : 1;
    await streams.stdout.line(found.kind === 'file' ? found.path : name);
    return 0;
  }
  if (!letters.includes('p')) return shell.run(words, streams, true);
  return shell.state.keeping(['PATH'], () => {
    shell.state.set('PATH', DEFAULT_PATH);
    return shell.run(words, streams, true);
  });
}

async function hash(call: BuiltinCall): Promise<number> {
  let status = 0;
  for (const name of call.args.slice(1).filter((word) => !word.startsWith('-'))) {
    if (lookUp(call.shell, name) !== undefined) continue;
    await complain(call, `${name}: not found`);
    status = 1;
  }
  return status;
}

export const lookupBuiltins: readonly (readonly [string, Builtin])[] = [
  [
    'type',
    (call) => {
      const [, first = ''] = call.args;
      if (first === '-t' && !isDash(call)) return kinds(call);
      return describe(
        call,
        call.args.slice(1).filter((word) => !word.startsWith('-')),
      );
    },
  ],
  ['command', command],
  ['hash', hash],
];
