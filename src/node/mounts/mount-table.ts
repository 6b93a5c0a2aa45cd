import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MountEntry } from '../storage-node.js';

/** The kernel's table of mounts of this process, oldest first: of two with one target the later one is on top. */
export async function readMounts(proc: string): Promise<readonly MountEntry[]> {
  return mountsIn(await readFile(join(proc, 'self/mountinfo'), 'utf8'));
}

/**
 * Reads the text of /proc/self/mountinfo (proc_pid_mountinfo(5)); a line that is not of this form is left out.
 *
 *     36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 *     |  |  |    |     |     |          |          |    |         |
 *     |  |  |    root  |     options    fields: none   type source options of the file system
 *     id |  device     target           or several
 *        parent
 *
 * Blanks, tabs, line ends and backslashes within a field are written as `\ooo`, octal.
 */
export function mountsIn(text: string): readonly MountEntry[] {
  return text.split('\n').flatMap((line) => entryIn(line) ?? []);
}

function entryIn(line: string): MountEntry | undefined {
  const words = line.split(' ');
  const end = words.indexOf('-', 6);
  const [, , device, root, target, options] = words;
  const [type, source, superOptions] = words.slice(end + 1);
  if (end < 0 || device === undefined || root === undefined || target === undefined || type === undefined) {
    return undefined;
  }
  const isReadOnly = [options, superOptions].some((list) => list?.split(',').includes('ro') === true);
  return {
    target: unescaped(target),
    device,
    type,
    readOnly: isReadOnly,
    root: unescaped(root),
    source: unescaped(source ?? ''),
    propagation: propagationIn(words.slice(6, end)),
  };
}

/** The groups that the mount of a line belongs to (`shared:7`) or follows (`master:7`). */
export function peerGroupsIn(line: string): readonly string[] {
  const [fields = ''] = line.split(' - ');
  return [...fields.matchAll(/ (?:shared|master):(\d+)/g)].map(([, group = '']) => group);
}

function propagationIn(fields: readonly string[]): MountEntry['propagation'] {
  if (fields.some((field) => field.startsWith('shared:'))) return 'shared';
  if (fields.some((field) => field.startsWith('master:'))) return 'slave';
  return fields.includes('unbindable') ? 'unbindable' : 'private';
}

function unescaped(field: string): string {
  if (!field.includes('\\')) return field;
  // The escapes are bytes, which may be parts of a character in UTF-8.
  const bytes = Buffer.from(field, 'utf8').toString('latin1');
  const plain = bytes.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  return Buffer.from(plain, 'latin1').toString('utf8');
}
