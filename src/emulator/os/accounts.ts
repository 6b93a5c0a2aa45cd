import { type Credentials, Errno, type MemoryFileSystem } from '../filesystem/index.js';

/** A line of /etc/passwd with its groups. */
export interface User extends Credentials {
  readonly name: string;
  readonly home: string;
  readonly shell: string;
}

export const rootUser: User = {
  name: 'root',
  uid: 0,
  gid: 0,
  groups: new Set([0]),
  home: '/root',
  shell: '/bin/bash',
};

const NAME = /^[a-z_][a-z0-9_.-]{0,31}\$?$/i;

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** A line of /etc/passwd. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

/** What is asked for; what is absent is chosen. */
export interface NewAccount extends Pick<Account, 'name'>, Chosen<'uid' | 'gecos' | 'home' | 'shell'> {
  readonly group?: string | undefined;
  readonly system?: boolean | undefined;
  readonly createHome?: boolean | undefined;
}

type Chosen<Field extends keyof Account> = { readonly [F in Field]?: Account[F] | undefined };

/** Users and groups. The files are the truth: what a program writes into /etc/passwd counts at once. */
export class Accounts {
  readonly #fs: MemoryFileSystem;

  constructor(fs: MemoryFileSystem) {
    this.#fs = fs;
  }

  accounts(): Account[] {
    return this.#lines('/etc/passwd').map(
      ([name = '', , uid, gid, gecos = '', home = '/', shell = '/bin/sh']) => {
        return { name, uid: Number(uid), gid: Number(gid), gecos, home, shell };
      },
    );
  }

  groups(): Group[] {
    return this.#lines('/etc/group').map(([name = '', , gid, members = '']) => {
      return { name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') };
    });
  }

  /** A user as processes carry it; undefined when there is none of that name. */
  user(name: string): User | undefined {
    const account = this.accounts().find((candidate) => candidate.name === name);
    if (account === undefined) return undefined;
    const { uid, gid, home, shell } = account;
    const further = this.groups().filter(({ members }) => members.includes(name));
    return { name, uid, gid, home, shell, groups: new Set([gid, ...further.map((group) => group.gid)]) };
  }

  userName(uid: number): string {
    return this.accounts().find((account) => account.uid === uid)?.name ?? String(uid);
  }

  groupName(gid: number): string {
    return this.groups().find((group) => group.gid === gid)?.name ?? String(gid);
  }

  /** Makes a user with a group of the same name (unless told another) and a home directory. */
  addUser(wanted: NewAccount): Account {
    const { name } = wanted;
    if (!NAME.test(name)) throw new Errno('EINVAL');
    if (this.user(name) !== undefined) throw new Errno('EEXIST');
    const uid =
      wanted.uid ??
      this.#free(
        this.accounts().map((account) => account.uid),
        wanted.system ?? false,
      );
    const group = this.groups().find((candidate) => candidate.name === (wanted.group ?? name));
    const gid = group?.gid ?? this.addGroup(wanted.group ?? name, this.#freeGroup(uid)).gid;
    const account: Account = {
      name,
      uid,
      gid,
      gecos: (wanted.gecos ?? '').replace(/[:\n]/g, ' '),
      home: wanted.home ?? `/home/${name}`,
      shell: wanted.shell ?? '/bin/bash',
    };
    const { gecos, home, shell } = account;
    this.#append('/etc/passwd', [name, 'x', uid, gid, gecos, home, shell].join(':'));
    if (wanted.createHome !== false) this.#makeHome(account);
    return account;
  }

  addGroup(name: string, gid?: number, system = false): Group {
    if (!NAME.test(name)) throw new Errno('EINVAL');
    const groups = this.groups();
    if (groups.some((group) => group.name === name)) throw new Errno('EEXIST');
    const free = this.#free(
      groups.map((group) => group.gid),
      system,
    );
    const group: Group = { name, gid: gid ?? free, members: [] };
    this.#append('/etc/group', `${name}:x:${group.gid}:`);
    return group;
  }

  /** Puts a user into groups; ENOENT for a group that does not exist. */
  addToGroups(user: string, names: readonly string[]): void {
    for (const name of names) {
      const groups = this.groups();
      if (!groups.some((group) => group.name === name)) throw new Errno('ENOENT');
      const lines = groups.map((group) => {
        const joins = group.name === name && !group.members.includes(user);
        const members = joins ? [...group.members, user] : group.members;
        return `${group.name}:x:${group.gid}:${members.join(',')}\n`;
      });
      this.#fs.writeFile('/etc/group', lines.join(''));
    }
  }

  /** A user's own group has the user's number where that is free. */
  #freeGroup(uid: number): number | undefined {
    return this.groups().some(({ gid }) => gid === uid) ? undefined : uid;
  }

  #makeHome({ uid, gid, home }: Account): void {
    if (this.#fs.find(home) !== undefined) return;
    const directory = this.#fs.mkdirs(home);
    Object.assign(directory, { uid, gid, mode: 0o750 });
  }

  #free(taken: readonly number[], system: boolean): number {
    let candidate = system ? 100 : 1000;
    while (taken.includes(candidate)) candidate++;
    return candidate;
  }

  #lines(path: string): string[][] {
    if (this.#fs.find(path) === undefined) return [];
    const lines = this.#fs.readText(path).split('\n');
    return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(':'));
  }

  #append(path: string, line: string): void {
    const before = this.#fs.find(path) === undefined ? '' : this.#fs.readText(path);
    this.#fs.writeFile(path, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
  }
}

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
