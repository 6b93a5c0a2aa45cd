import { fail, isDash, type BuiltinCall } from '../state/shell.js';

/** `getopts OPTIONS NAME [ARGUMENT …]`: the next option of the arguments, or of the positional parameters. */
export async function getopts(call: BuiltinCall): Promise<number> {
  const { shell } = call;
  const { state } = shell;
  const [, letters, name, ...given] = call.args;
  if (letters === undefined || name === undefined)
    return fail(
      call,
      isDash(call) ? 'Usage: getopts optstring var [arg]' : 'usage: getopts optstring name [arg ...]',
    );
  const words = given.length > 0 ? given : state.positional;
  const index = Number(state.get('OPTIND') ?? '1') || 1;
  const offset = state.optionOffset.index === index ? state.optionOffset.offset : 0;
  const word = words[index - 1] ?? '';
  const letter = word.charAt(offset === 0 ? 1 : offset);
  const move = (next: number, nextOffset: number) => {
    state.set('OPTIND', String(next));
    state.optionOffset = { index: next, offset: nextOffset };
  };
  if (offset === 0 && (!/^-./.test(word) || word === '--')) {
    move(word === '--' ? index + 1 : index, 0);
    state.set(name, '?');
    return 1;
  }
  const at = offset === 0 ? 1 : offset;
  const rest = word.slice(at + 1);
  const silent = letters.startsWith(':');
  const place = letter === ':' ? -1 : letters.indexOf(letter, silent ? 1 : 0);
  if (place < 0 || letters.charAt(place + 1) !== ':') {
    if (rest === '') move(index + 1, 0);
    else move(index, at + 1);
    if (place < 0) return refuse(call, name, letter, silent, false);
    state.unset('OPTARG');
    state.set(name, letter);
    return 0;
  }
  const argument = rest === '' ? words[index] : rest;
  move(rest === '' ? index + 2 : index + 1, 0);
  if (argument === undefined) return refuse(call, name, letter, silent, true);
  state.set('OPTARG', argument);
  state.set(name, letter);
  return 0;
}

/** An option that is unknown or lacks its argument; without a `:` in front the shell says so itself. */
async function refuse(
  call: BuiltinCall,
  name: string,
  letter: string,
  silent: boolean,
  lacks: boolean,
): Promise<number> {
  const { state } = call.shell;
  state.set(name, silent && lacks ? ':' : '?');
  if (silent) {
    state.set('OPTARG', letter);
    return 0;
  }
  state.unset('OPTARG');
  if (isDash(call))
    await call.streams.stderr.line(lacks ? `No arg for -${letter} option` : `Illegal option -${letter}`);
  else
    await complainAsProgram(
      call,
      lacks ? `option requires an argument -- ${letter}` : `illegal option -- ${letter}`,
    );
  return 0;
}

function complainAsProgram({ shell, streams }: BuiltinCall, message: string): Promise<void> {
  return streams.stderr.line(`${shell.state.name}: ${message}`);
}
