import { absolute, EXECUTE } from '../../filesystem/index.js';
import { isErrno } from '../../filesystem/index.js';
import { Flow } from '../state/flow.js';
import type { ShellOptions, ShellState } from '../state/shell-state.js';
import { complain, type Builtin, type BuiltinCall } from '../state/shell.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LETTERS: Readonly<Record<string, keyof ShellOptions>> = {
  e: 'errexit',
  u: 'nounset',
  x: 'xtrace',
  f: 'noglob',
};
const NAMES = new Set<string>([
  'errexit',
  'nounset',
  'xtrace',
  'pipefail',
  'noglob',
] satisfies (keyof ShellOptions)[]);

/** Applies `-e`, `+x`, `-o pipefail` …; gives the arguments that are left. Unknown options have no effect. */
export function applyOptions(state: ShellState, args: readonly string[]): readonly string[] {
  let index = 0;
  for (; index < args.length; index++) {
    const [, sign, letters] = /^([-+])([a-zA-Z]+)$/.exec(args[index] ?? '') ?? [];
    if (sign === undefined || letters === undefined) break;
    for (const letter of letters) {
      const option = letter === 'o' ? optionNamed(args[++index]) : LETTERS[letter];
      if (option !== undefined) state.options[option] = sign === '-';
    }
  }
  return args.slice(index);
}

function optionNamed(name: string | undefined): keyof ShellOptions | undefined {
  const isOption = (text: string): text is keyof ShellOptions => NAMES.has(text);
  return name !== undefined && isOption(name) ? name : undefined;
}

async function set({ shell, args, streams }: BuiltinCall): Promise<number> {
  if (args.length === 1) {
    for (const [name, value] of shell.state.all()) await streams.stdout.line(`${name}='${value}'`);
    return 0;
  }
  const rest = applyOptions(shell.state, args.slice(1));
  if (rest[0] === '--') shell.state.positional = rest.slice(1);
  else if (rest.length > 0) shell.state.positional = rest;
  return 0;
}

function declaring(declare: (state: ShellState, name: string, value: string | undefined) => void): Builtin {
  return async (call) => {
    let status = 0;
    for (const argument of call.args.slice(1).filter((text) => !/^-[a-z]+$/i.test(text))) {
      const equals = argument.indexOf('=');
      const name = equals < 0 ? argument : argument.slice(0, equals);
      if (!NAME.test(name)) {
        await complain(call, `\`${argument}': not a valid identifier`);
        status = 1;
        continue;
      }
      declare(call.shell.state, name, equals < 0 ? undefined : argument.slice(equals + 1));
    }
    return status;
  };
}

async function cd(call: BuiltinCall): Promise<number> {
  const { shell, args, streams } = call;
  const { system, user } = shell.process;
  const target = args[1] === '-' ? shell.state.get('OLDPWD') : (args[1] ?? shell.state.get('HOME'));
  const path = absolute(shell.state.cwd, target ?? '/');
  try {
    system.fs.directory(path, user, EXECUTE);
  } catch (error) {
    if (!isErrno(error)) throw error;
    await complain(call, `${target ?? ''}: ${error.message}`);
    return 1;
  }
  shell.state.set('OLDPWD', shell.state.cwd);
  shell.state.cwd = system.fs.locate(path, user).real;
  shell.state.set('PWD', shell.state.cwd);
  if (args[1] === '-') await streams.stdout.line(shell.state.cwd);
  return 0;
}

async function shift(call: BuiltinCall): Promise<number> {
  const { shell, args } = call;
  const count = Number(args[1] ?? 1);
  if (Number.isInteger(count) && count >= 0 && count <= shell.state.positional.length) {
    shell.state.positional = shell.state.positional.slice(count);
    return 0;
  }
  if (shell.state.dialect !== 'dash') return 1;
  await complain(call, "can't shift that many");
  throw new Flow('exit', 2);
}

const exporting = declaring((state, name, value) => state.set(name, value ?? state.get(name) ?? '', true));
const assigning = declaring((state, name, value) => {
  if (value !== undefined) state.set(name, value);
});
const localizing = declaring((state, name, value) => {
  if (state.makeLocal(name)) state.set(name, value ?? '', false);
});

export const variableBuiltins: readonly (readonly [string, Builtin])[] = [
  ['set', set],
  ['export', exporting],
  ['readonly', assigning],
  ['declare', assigning],
  ['typeset', assigning],
  ['local', localizing],
  ['cd', cd],
  ['shift', shift],
  ['umask', () => 0],
  [
    'unset',
    ({ shell, args }) => {
      for (const name of args.slice(1)) {
        if (args[1] === '-f') shell.state.functions.delete(name);
        else shell.state.unset(name);
      }
      return 0;
    },
  ],
  [
    'pwd',
    async ({ shell, streams }) => {
      await streams.stdout.line(shell.state.cwd);
      return 0;
    },
  ],
];
