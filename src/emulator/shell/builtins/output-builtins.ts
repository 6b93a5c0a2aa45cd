import { unescape } from '../grammar/escapes.js';
import { complain, fail, isDash, type Builtin, type BuiltinCall } from '../state/shell.js';
import { format } from './printf.js';

async function echo(call: BuiltinCall): Promise<number> {
  const { args, streams } = call;
  const words = args.slice(1);
  let newline = true;
  // dash's echo always takes escapes and knows `-n` alone; bash's takes them with -e.
  let escapes = isDash(call);
  const isOption = (word: string) => (isDash(call) ? newline && word === '-n' : /^-[neE]+$/.test(word));
  for (let option = words[0]; option !== undefined && isOption(option); option = words[0]) {
    words.shift();
    if (option.includes('n')) newline = false;
    if (/[eE]/.test(option)) escapes = option.lastIndexOf('e') > option.lastIndexOf('E');
  }
  const given = words.join(' ');
  const { text, ended } = escapes
    ? unescape(given, isDash(call) ? 'dash' : 'bash')
    : { text: given, ended: false };
  await streams.stdout.write(`${text}${newline && !ended ? '\n' : ''}`);
  return 0;
}

async function printf(call: BuiltinCall): Promise<number> {
  const { shell, args, streams } = call;
  let [, ...words] = args;
  const variable = words[0] === '-v' && !isDash(call) ? words[1] : undefined;
  if (variable !== undefined) words = words.slice(2);
  if (words[0] === '--') words = words.slice(1);
  else if (/^-./.test(words[0] ?? ''))
    return fail(
      call,
      isDash(call) ? `Illegal option ${words[0]?.slice(0, 2) ?? ''}` : `${words[0] ?? ''}: invalid option`,
    );
  const [pattern, ...values] = words;
  if (pattern === undefined)
    return fail(
      call,
      isDash(call) ? 'usage: printf format [arg ...]' : 'usage: printf [-v var] format [arguments]',
    );
  const { text, errors, status } = format(pattern, values, shell.state.dialect);
  for (const error of errors) await complain(call, error);
  if (variable === undefined) await streams.stdout.write(text);
  else shell.state.set(variable, text);
  return status;
}

export const outputBuiltins: readonly (readonly [string, Builtin])[] = [
  ['echo', echo],
  ['printf', printf],
];
