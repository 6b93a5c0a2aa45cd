import { absolute, EXECUTE, isErrno, logicalPath } from '../../filesystem/index.js';
import { complain, fail, isDash, type Builtin, type BuiltinCall } from '../state/shell.js';

async function cd(call: BuiltinCall): Promise<number> {
  const { shell, streams } = call;
  const { state } = shell;
  const words = call.args.slice(1);
  let physical = false;
  while (/^-[LP]+$/.test(words[0] ?? '')) physical = words.shift()?.endsWith('P') ?? false;
  if (words[0] === '--') words.shift();
  if (words.length > 1 && !isDash(call)) return fail(call, 'too many arguments', 1);
  const given = words[0] === '-' ? state.get('OLDPWD') : (words[0] ?? state.get('HOME'));
  if (given === undefined && !isDash(call))
    return fail(call, `${words[0] === '-' ? 'OLDPWD' : 'HOME'} not set`, 1);
  const target = given ?? state.cwd;
  for (const prefix of prefixes(call, target)) {
    const path = absolute(state.cwd, `${prefix}${target}`);
    if (!changes(call, physical ? path : logicalPath(path), physical)) continue;
    if (words[0] === '-' || prefix !== '') await streams.stdout.line(state.cwd);
    return 0;
  }
  return refuse(call, target);
}

/** Where a relative path is looked for: the directories of CDPATH, then here. */
function prefixes({ shell }: BuiltinCall, target: string): string[] {
  const searched = shell.state.get('CDPATH') ?? '';
  if (searched === '' || /^(\/|\.\.?(\/|$))/.test(target)) return [''];
  return [...searched.split(':').map((directory) => (directory === '' ? '' : `${directory}/`)), ''];
}

function changes({ shell }: BuiltinCall, path: string, physical: boolean): boolean {
  const { state, process } = shell;
  const { fs } = process.system;
  try {
    fs.directory(path, process.user, EXECUTE);
  } catch (error) {
    if (isErrno(error)) return false;
    throw error;
  }
  state.set('OLDPWD', state.cwd);
  state.cwd = physical ? fs.locate(path, process.user).real : path;
  state.set('PWD', state.cwd);
  return true;
}

async function refuse(call: BuiltinCall, target: string): Promise<number> {
  const { shell } = call;
  if (isDash(call)) return fail(call, `can't cd to ${target}`);
  try {
    shell.process.system.fs.directory(absolute(shell.state.cwd, target), shell.process.user, EXECUTE);
  } catch (error) {
    if (!isErrno(error)) throw error;
    await complain(call, `${target}: ${error.message}`);
  }
  return 1;
}

async function pwd({ shell, args, streams }: BuiltinCall): Promise<number> {
  const { state, process } = shell;
  const physical = args.includes('-P');
  await streams.stdout.line(physical ? process.system.fs.locate(state.cwd, process.user).real : state.cwd);
  return 0;
}

const LETTERS = { r: 4, w: 2, x: 1 } as const;

async function umask(call: BuiltinCall): Promise<number> {
  const { shell, args, streams } = call;
  const { state } = shell;
  const [, text] = args;
  if (text === undefined || text === '-S' || text === '-p') {
    await streams.stdout.line(text === '-S' ? symbolic(state.umask) : octal(state.umask));
    return 0;
  }
  if (/^\d+$/.test(text)) {
    if (!/^[0-7]{1,4}$/.test(text))
      return fail(
        call,
        isDash(call) ? `Illegal number: ${text}` : `${text}: octal number out of range`,
        isDash(call) ? 2 : 1,
      );
    state.umask = parseInt(text, 8) & 0o777;
    return 0;
  }
  const allowed = allowedBy(text, 0o777 & ~state.umask);
  if (allowed === undefined) return fail(call, `Illegal mode: ${text}`);
  state.umask = 0o777 & ~allowed;
  return 0;
}

function octal(mask: number): string {
  return mask.toString(8).padStart(4, '0');
}

function symbolic(mask: number): string {
  const parts = (['u', 'g', 'o'] as const).map((who, index) => {
    const bits = (~mask >> (6 - 3 * index)) & 7;
    return `${who}=${(['r', 'w', 'x'] as const).filter((letter) => (bits & LETTERS[letter]) !== 0).join('')}`;
  });
  return parts.join(',');
}

/** The rights that stay after `u=rwx,g-w`; undefined = no such mode. */
function allowedBy(text: string, before: number): number | undefined {
  let allowed = before;
  for (const clause of text.split(',')) {
    const [whole, who = '', operator, letters = ''] = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause) ?? [];
    if (whole === undefined) return undefined;
    const bits = (['r', 'w', 'x'] as const)
      .filter((letter) => letters.includes(letter))
      .reduce((sum, letter) => sum | LETTERS[letter], 0);
    for (const [index, name] of ['u', 'g', 'o'].entries()) {
      if (who !== '' && !who.includes('a') && !who.includes(name)) continue;
      const shift = 6 - 3 * index;
      if (operator === '+') allowed |= bits << shift;
      else if (operator === '-') allowed &= ~(bits << shift);
      else allowed = (allowed & ~(7 << shift)) | (bits << shift);
    }
  }
  return allowed;
}

export const directoryBuiltins: readonly (readonly [string, Builtin])[] = [
  ['cd', cd],
  ['pwd', pwd],
  ['umask', umask],
];
