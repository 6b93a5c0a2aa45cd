import { shellWord } from '../../support/index.js';
import { absolute, type Errno } from '../filesystem/index.js';
import { DEFAULT_PATH, ExecuteError } from '../os/execute.js';
import type { Dialect } from './grammar/syntax.js';
import { RedirectError } from './redirects.js';
import type { ShellState } from './state/shell-state.js';
import type { Shell } from './state/shell.js';

/** What the shell says about a system call's error. */
export function messageOf(error: Errno, dialect: Dialect): string {
  if (dialect === 'bash') return error.message;
  if (error instanceof RedirectError) return error.dashMessage;
  if (!(error instanceof ExecuteError)) return error.message;
  return error.code === 'ENOENT' ? `${error.path}: not found` : `${error.path}: Permission denied`;
}

/** A name for which no program was found; a file of that name without the right to run is told apart. */
export function notFound({ state, process }: Shell, name: string): { message: string; status: 126 | 127 } {
  const directories = (state.get('PATH') ?? DEFAULT_PATH).split(':');
  const forbidden = directories.some((directory) => {
    const path = absolute(absolute(state.cwd, directory), name);
    return name !== '' && process.system.fs.find(path, process.user)?.kind === 'file';
  });
  if (forbidden)
    return { message: `${name}: Permission denied`, status: state.dialect === 'dash' ? 127 : 126 };
  if (state.dialect === 'bash') return { message: `${name}: command not found`, status: 127 };
  return { message: `${name}: ${name === '' ? 'Permission denied' : 'not found'}`, status: 127 };
}

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
  return word === '' && emptyStays ? '' : shellWord(word);
}
