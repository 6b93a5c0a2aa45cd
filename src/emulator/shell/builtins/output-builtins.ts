import { unescape } from '../grammar/escapes.js';
import { format } from './printf.js';
import { complain, type Builtin, type BuiltinCall } from '../state/shell.js';

async function echo({ shell, args, streams }: BuiltinCall): Promise<number> {
  let words = args.slice(1);
  let newline = true;
  // dash's echo always takes escapes, bash's only with -e.
  let escapes = shell.state.dialect === 'dash';
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    const options = words[0] ?? '';
    if (options.includes('n')) newline = false;
    if (options.includes('e')) escapes = true;
    words = words.slice(1);
  }
  const text = words.join(' ');
  await streams.stdout.write(`${escapes ? unescape(text) : text}${newline ? '\n' : ''}`);
  return 0;
}

async function printf(call: BuiltinCall): Promise<number> {
  const { shell, args, streams } = call;
  let [, ...words] = args;
  const variable = words[0] === '-v' ? words[1] : undefined;
  if (variable !== undefined) words = words.slice(2);
  if (words[0] === '--') words = words.slice(1);
  const [pattern, ...values] = words;
  if (pattern === undefined) {
    await complain(call, 'usage: printf [-v var] format [arguments]');
    return 2;
  }
  const { text, errors } = format(pattern, values);
  for (const error of errors) await complain(call, error);
  if (variable === undefined) await streams.stdout.write(text);
  else shell.state.set(variable, text);
  return errors.length === 0 ? 0 : 1;
}

export const outputBuiltins: readonly (readonly [string, Builtin])[] = [
  ['echo', echo],
  ['printf', printf],
];
