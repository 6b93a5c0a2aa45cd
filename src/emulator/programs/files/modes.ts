import { Errno, join, type Node } from '../../filesystem/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { attempt, pathOf } from '../inputs.js';
import { parseOptions } from '../options.js';

const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };

/** A mode after `chmod`'s octal or symbolic text. Throws UsageError. */
export function applyMode(text: string, before: number, directory: boolean, umask = 0): number {
  if (/^[0-7]{1,5}$/.test(text)) return parseInt(text, 8) & 0o7777;
  let mode = before;
  for (const clause of text.split(',')) {
    const [whole, who = '', operator = '', letters = ''] =
      /^([ugoa]*)([-+=])([rwxXst]*|[ugo])$/.exec(clause) ?? [];
    if (whole === undefined) throw new UsageError(`invalid mode: '${text}'`);
    const mask = (who === '' ? ['a'] : Array.from(who)).reduce((sum, letter) => sum | (WHO[letter] ?? 0), 0);
    const copied = /^[ugo]$/.test(letters) ? ((mode >> (SHIFTS[letters] ?? 0)) & 7) * 0o111 : undefined;
    // Without a class of users, what the umask takes away is left alone.
    const bits =
      (copied ?? bitsOf(letters, directory || (mode & 0o111) !== 0)) & mask & (who === '' ? ~umask : ~0);
    if (operator === '+') mode |= bits;
    else if (operator === '-') mode &= ~bits;
    else mode = (mode & ~(directory ? mask & 0o777 : mask)) | bits;
  }
  return mode;
}

function bitsOf(letters: string, executable: boolean): number {
  const bits: Readonly<Record<string, number>> = {
    r: 0o444,
    w: 0o222,
    x: 0o111,
    X: executable ? 0o111 : 0,
    s: 0o6000,
    t: 0o1000,
  };
  return Array.from(letters).reduce((sum, letter) => sum | (bits[letter] ?? 0), 0);
}

/** Runs `change` on every operand, with `-R` on everything below, too. */
async function changeAll(
  process: Process,
  operands: readonly string[],
  recursive: boolean,
  change: (node: Node) => void,
): Promise<number> {
  const { fs } = process.system;
  const visit = (path: string) => {
    const node = fs.lookup(path, process.user);
    if (process.user.uid !== 0 && process.user.uid !== node.uid) throw new Errno('EPERM');
    change(node);
    if (recursive && node.kind === 'directory')
      for (const name of node.entries.keys()) visit(join(path, name));
  };
  let status = 0;
  for (const operand of operands) {
    status = Math.max(
      status,
      await attempt(process, `cannot access '${operand}'`, () => visit(pathOf(process, operand))),
    );
  }
  return status;
}

const chmod: Program = (process) => {
  const table = 'R|recursive v f';
  // `chmod -x FILE`: a mode may begin with a dash, which is no option.
  const first = process.args.findIndex((word, index) => index > 0 && /^-[rwxXst]+$/.test(word));
  const words = process.args.filter((_word, index) => index !== first);
  const options = parseOptions(words, table);
  const [mode = '', ...operands] =
    first > 0 ? [process.args[first] ?? '', ...options.operands] : options.operands;
  if (operands.length === 0) throw new UsageError('missing operand');
  return changeAll(process, operands, options.has('R'), (node) => {
    if (node.kind !== 'symlink')
      node.mode = applyMode(mode, node.mode, node.kind === 'directory', process.user.umask ?? 0o022);
  });
};

function ownerProgram(groupOnly: boolean): Program {
  return (process) => {
    const options = parseOptions(process.args, 'R|recursive h v f');
    const [given = '', ...operands] = options.operands;
    if (operands.length === 0) throw new UsageError('missing operand');
    const [user = '', group] = groupOnly ? ['', given] : given.split(/[:.](?=[^:.]*$)/);
    const uid =
      user === ''
        ? undefined
        : idOf(user, process.system.accounts.user(user)?.uid, `invalid user: '${given}'`);
    const named = process.system.accounts.groups().find(({ name }) => name === group)?.gid;
    const gid =
      group === undefined || group === '' ? undefined : idOf(group, named, `invalid group: '${given}'`);
    return changeAll(process, operands, options.has('R'), (node) => {
      if (process.user.uid !== 0) throw new Errno('EPERM');
      node.uid = uid ?? node.uid;
      node.gid = gid ?? node.gid;
    });
  };
}

function idOf(text: string, found: number | undefined, problem: string): number {
  if (found !== undefined) return found;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(problem);
}

export const modePrograms: Readonly<Record<string, Program>> = {
  chmod,
  chown: ownerProgram(false),
  chgrp: ownerProgram(true),
};
