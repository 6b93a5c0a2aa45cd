import type { BuiltinCall } from '../state/shell.js';

/** `read [-r] [-p prompt] NAME …`: one line, split at IFS; the last name takes the rest. */
export async function readBuiltin({ shell, args, streams, values }: BuiltinCall): Promise<number> {
  const names: string[] = [];
  let raw = false;
  for (let index = 1; index < args.length; index++) {
    const argument = args[index] ?? '';
    if (argument === '-p' || argument === '-t' || argument === '-n') index++;
    else if (/^-[rs]+$/.test(argument)) raw ||= argument.includes('r');
    else names.push(argument);
  }
  const line = await streams.stdin.readLine();
  const text = (line ?? '').replace(/\n$/, '');
  const separators = values.get('IFS') ?? shell.state.get('IFS') ?? ' \t\n';
  const pieces = split(raw ? text : text.replace(/\\(.)/g, '$1'), separators, Math.max(names.length, 1));
  for (const [index, name] of (names.length === 0 ? ['REPLY'] : names).entries()) {
    shell.state.set(name, pieces[index] ?? '');
  }
  return line?.endsWith('\n') === true ? 0 : 1;
}

function split(text: string, separators: string, count: number): string[] {
  const isSeparator = (index: number) => index < text.length && separators.includes(text.charAt(index));
  const pieces: string[] = [];
  let start = 0;
  while (isSeparator(start) && /\s/.test(text.charAt(start))) start++;
  while (pieces.length < count - 1 && start < text.length) {
    let end = start;
    while (end < text.length && !isSeparator(end)) end++;
    pieces.push(text.slice(start, end));
    start = end + 1;
    while (isSeparator(start) && /\s/.test(text.charAt(start))) start++;
  }
  const rest = text.slice(start);
  pieces.push(/\s/.test(separators) ? rest.trimEnd() : rest);
  return pieces;
}
