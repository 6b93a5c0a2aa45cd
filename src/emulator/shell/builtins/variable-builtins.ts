import { shellWord } from '../../../support/index.js';
import { Flow, complain, fail, isDash, type Builtin, type BuiltinCall } from '../state/shell.js';
import type { ShellOptions, ShellState } from '../state/shell-state.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LETTERS: Readonly<Record<string, keyof ShellOptions>> = {
  a: 'allexport',
  C: 'noclobber',
  e: 'errexit',
  f: 'noglob',
  n: 'noexec',
  u: 'nounset',
  v: 'verbose',
  x: 'xtrace',
};
/** Options that change nothing here. */
const WITHOUT_EFFECT = new Set([
  ...Array.from('bBhHikmEVIst'),
  'monitor',
  'notify',
  'vi',
  'emacs',
  'posix',
  'errtrace',
  'hashall',
]);

export interface SetOptions {
  /** The arguments behind the options. */
  readonly rest: readonly string[];
  /** What the shell calls an option that it does not know. */
  readonly unknown: string | undefined;
}

/** Applies `-e`, `+x`, `-o pipefail` …, up to the first option that is unknown. */
export function applyOptions(state: ShellState, args: readonly string[]): SetOptions {
  let index = 0;
  for (; index < args.length; index++) {
    const [, sign, letters] = /^([-+])([a-zA-Z]+)$/.exec(args[index] ?? '') ?? [];
    if (sign === undefined || letters === undefined) break;
    for (const letter of letters) {
      const name = letter === 'o' ? (args[++index] ?? '') : letter;
      const option = letter === 'o' ? optionNamed(state, name) : LETTERS[letter];
      if (option !== undefined) state.options[option] = sign === '-';
      else if (name !== '' && !WITHOUT_EFFECT.has(name))
        return { rest: [], unknown: letter === 'o' ? `${sign}o ${name}` : `${sign}${name}` };
    }
  }
  return { rest: args.slice(index), unknown: undefined };
}

function optionNamed(state: ShellState, name: string): keyof ShellOptions | undefined {
  const isOption = (text: string): text is keyof ShellOptions => text in state.options;
  return isOption(name) && (name !== 'pipefail' || state.dialect === 'bash') ? name : undefined;
}

async function set(call: BuiltinCall): Promise<number> {
  const { shell, args, streams } = call;
  const { state } = shell;
  if (args.length === 1) {
    for (const [name, value] of state.all())
      if (value !== undefined) await streams.stdout.line(`${name}=${shown(call, value)}`);
    return 0;
  }
  const { rest, unknown } = applyOptions(state, args.slice(1));
  if (unknown !== undefined)
    return fail(
      call,
      isDash(call) ? `Illegal option ${unknown}` : `${unknown.replace(/^.o /, '')}: invalid option`,
    );
  if (rest[0] === '-') Object.assign(state.options, { xtrace: false, verbose: false });
  if (rest[0] === '--' || rest[0] === '-') state.positional = rest.slice(1);
  else if (rest.length > 0) state.positional = rest;
  return 0;
}

/** A value as `set` and `export -p` show it. */
function shown(call: BuiltinCall, value: string): string {
  if (isDash(call)) return `'${value.replaceAll("'", `'"'"'`)}'`;
  return shellWord(value);
}

/** Calls `declare` for each `NAME` or `NAME=value`; a wrong name is told. */
async function declaring(
  call: BuiltinCall,
  words: readonly string[],
  declare: (name: string, value: string | undefined) => void,
): Promise<number> {
  let status = 0;
  for (const argument of words) {
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    if (NAME.test(name)) declare(name, equals < 0 ? undefined : argument.slice(equals + 1));
    else if (isDash(call)) return fail(call, `${name}: bad variable name`);
    else {
      await complain(call, `\`${argument}': not a valid identifier`);
      status = 1;
    }
  }
  return status;
}

/** `export` and `readonly`: a mark on variables, with or without a new value. */
function marking(mark: 'exported' | 'readonly'): Builtin {
  return async (call) => {
    const { state } = call.shell;
    const words = call.args.slice(1);
    const option = /^-./.test(words[0] ?? '') ? (words.shift() ?? '') : '';
    const known = isDash(call) || mark === 'readonly' ? /^-(p|-)?$/ : /^-([pnf]|-)?$/;
    if (option !== '' && !known.test(option))
      return fail(call, isDash(call) ? `Illegal option ${option}` : `${option}: invalid option`);
    if (option === '-p' || (words.length === 0 && mark === 'exported')) return print(call, mark);
    return declaring(call, words, (name, value) => {
      if (value !== undefined) state.set(name, value);
      state.mark(name, { [mark]: option !== '-n' });
    });
  };
}

async function print(call: BuiltinCall, mark: 'exported' | 'readonly'): Promise<number> {
  const { state } = call.shell;
  const command = isDash(call)
    ? mark === 'exported'
      ? 'export'
      : 'readonly'
    : `declare -${mark === 'exported' ? 'x' : 'r'}`;
  const all = state
    .all(mark === 'exported')
    .filter(([name]) => mark === 'exported' || state.isReadonly(name));
  for (const [name, value] of all) {
    const text = value === undefined ? '' : `=${isDash(call) ? shown(call, value) : JSON.stringify(value)}`;
    await call.streams.stdout.line(`${command} ${name}${text}`);
  }
  return 0;
}

async function local(call: BuiltinCall): Promise<number> {
  const { state } = call.shell;
  if (!state.inFunction) return outsideOfFunction(call);
  const words = call.args.slice(1).filter((word) => !/^-[a-zA-Z]+$/.test(word));
  const wrong = words.map((word) => word.replace(/=.*$/s, '')).find((name) => !NAME.test(name));
  if (wrong !== undefined && isDash(call)) {
    await call.shell.complain(call.streams, `${wrong}: bad variable name`);
    throw new Flow('exit', 2);
  }
  return declaring(call, words, (name, value) => {
    state.makeLocal(name);
    if (value !== undefined) state.set(name, value);
  });
}

async function outsideOfFunction(call: BuiltinCall): Promise<number> {
  if (!isDash(call)) return fail(call, 'can only be used in a function', 1);
  await complain(call, 'not in a function');
  throw new Flow('exit', 2);
}

/** bash's `declare`; in a function it makes local variables. */
async function declare(call: BuiltinCall): Promise<number> {
  const { shell } = call;
  const { state } = shell;
  const isOption = (word: string) => /^[-+][a-zA-Z]+$/.test(word);
  const letters = call.args.filter(isOption).join('');
  return declaring(
    call,
    call.args.slice(1).filter((word) => !isOption(word)),
    (name, value) => {
      if (state.inFunction && !letters.includes('g')) state.makeLocal(name);
      if (value !== undefined)
        state.set(name, letters.includes('i') ? shell.expansion.arithmetic(value) : value);
      if (letters.includes('x')) state.mark(name, { exported: true });
      if (letters.includes('r')) state.mark(name, { readonly: true });
    },
  );
}

async function unset(call: BuiltinCall): Promise<number> {
  const { state } = call.shell;
  const words = call.args.slice(1);
  const option = /^-[fv]$/.test(words[0] ?? '') ? words.shift() : undefined;
  for (const name of words) {
    if (option === '-f') {
      state.functions.delete(name);
      continue;
    }
    if (!NAME.test(name))
      return fail(
        call,
        isDash(call) ? `${name}: bad variable name` : `\`${name}': not a valid identifier`,
        isDash(call) ? 2 : 1,
      );
    if (state.isReadonly(name))
      return fail(
        call,
        isDash(call) ? `${name}: is read only` : `${name}: cannot unset: readonly variable`,
        isDash(call) ? 2 : 1,
      );
    if (state.get(name) === undefined && !isDash(call)) state.functions.delete(name);
    state.unset(name);
  }
  return 0;
}

async function shift(call: BuiltinCall): Promise<number> {
  const { shell, args } = call;
  const [, text = '1'] = args;
  if (!/^\d+$/.test(text))
    return fail(call, isDash(call) ? `Illegal number: ${text}` : `${text}: numeric argument required`);
  if (Number(text) > shell.state.positional.length)
    return isDash(call) ? fail(call, "can't shift that many") : 1;
  shell.state.positional = shell.state.positional.slice(Number(text));
  return 0;
}

export const variableBuiltins: readonly (readonly [string, Builtin])[] = [
  ['set', set],
  ['export', marking('exported')],
  ['readonly', marking('readonly')],
  ['declare', declare],
  ['typeset', declare],
  ['local', local],
  ['shift', shift],
  ['unset', unset],
  [
    'let',
    ({ shell, args }) => {
      const values = args.slice(1).map((text) => shell.expansion.arithmetic(text));
      return values.at(-1) === '0' ? 1 : 0;
    },
  ],
  // What bash's options would change is not emulated.
  ['shopt', () => 0],
];
