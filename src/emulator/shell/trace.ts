import type { ShellState } from './state/shell-state.js';

/** The lines that `set -x` shows for a command: dash's as one line without quotes, bash's quoted. */
export function traceLines(
  state: ShellState,
  assigned: readonly string[],
  args: readonly string[],
): string[] {
  const prefix = state.get('PS4') ?? '+ ';
  if (state.dialect === 'dash') return [`${prefix}${[...assigned, ...args].join(' ')}`];
  const values = assigned.map((text) => {
    const equals = text.indexOf('=') + 1;
    return `${prefix}${text.slice(0, equals)}${quoted(text.slice(equals), true)}`;
  });
  const words = args.map((word) => quoted(word, false)).join(' ');
  return args.length === 0 ? values : [...values, `${prefix}${words}`];
}

function quoted(word: string, emptyStays: boolean): string {
  if (word === '') return emptyStays ? '' : "''";
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
