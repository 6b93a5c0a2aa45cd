import type { MemoryFileSystem } from '../filesystem/index.js';
import type { Accounts } from './accounts.js';
import type { User } from './user.js';

export type SudoRight = 'free' | 'password' | 'none';

const RULE = /^(%?[^\s=]+)\s+[^\s=]+\s*=\s*(?:\([^)]*\)\s*)?((?:[A-Z]+:\s*)*)(.+)$/;

/** Whether a user may become root: the last rule of /etc/sudoers and /etc/sudoers.d that names the user. */
export function sudoRight(fs: MemoryFileSystem, accounts: Accounts, user: User): SudoRight {
  if (user.uid === 0) return 'free';
  const groups = new Set([...user.groups].map((gid) => `%${accounts.groupName(gid)}`));
  let right: SudoRight = 'none';
  for (const line of ruleLines(fs)) {
    const [, who = '', tags = '', command = ''] = RULE.exec(line) ?? [];
    const applies = who === user.name || who === 'ALL' || groups.has(who);
    if (applies && command.includes('ALL')) right = tags.includes('NOPASSWD') ? 'free' : 'password';
  }
  return right;
}

function ruleLines(fs: MemoryFileSystem): string[] {
  const directory = fs.find('/etc/sudoers.d');
  const names = directory?.kind === 'directory' ? [...directory.entries.keys()].sort() : [];
  // sudo skips names with a dot or a tilde at the end: files that editors and packagers leave behind.
  const files = names.filter((name) => !/\.|~$/.test(name)).map((name) => `/etc/sudoers.d/${name}`);
  return ['/etc/sudoers', ...files]
    .filter((path) => fs.find(path)?.kind === 'file')
    .flatMap((path) => fs.readText(path).split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#@]|^Defaults/.test(line));
}
