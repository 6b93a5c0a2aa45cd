import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { userDataFor } from '../../src/guest/user-data.js';
import { DEPLOY, KEY, ROOT, WITH_DISK } from './setups.js';

const GOLDEN = join(__dirname, '../golden/cloud-init');
const SETUPS = { root: ROOT, deploy: DEPLOY, disk: WITH_DISK };

/** As cloud-init reads it. */
const meaning = (text: string): unknown => parse(text, { version: '1.1', merge: true }) as unknown;

describe('golden cloud-config', () => {
  const names = readdirSync(GOLDEN).filter((name) => name.endsWith('.given.yaml'));

  it('has cases', () => expect(names.length).toBeGreaterThan(5));

  describe.each(names)('%s', (name) => {
    const given = readFileSync(join(GOLDEN, name), 'utf8');
    it.each(Object.entries(SETUPS))('for %s', (who, setup) => {
      const expected = readFileSync(join(GOLDEN, name.replace('.given.', `.${who}.`)), 'utf8');
      expect(userDataFor(setup, given)).toBe(expected);
    });
  });
});

describe('users of another name than root', () => {
  const users = (given: string): unknown => {
    const merged = meaning(userDataFor(DEPLOY, `#cloud-config\n${given}`));
    return merged !== null && typeof merged === 'object' && 'users' in merged ? merged.users : undefined;
  };
  const rights = { sudo: 'ALL=(ALL) NOPASSWD:ALL' };
  const account = { ...rights, shell: '/bin/bash', ssh_authorized_keys: [KEY] };
  const ours = { name: 'deploy', ...account };

  it.each<[string, string, unknown]>([
    ['no users', 'packages: [git]', ['default', ours]],
    ['empty users', 'users:', ['default', ours]],
    ['a list without default', 'users: [{name: eve}]', [{ name: 'eve' }, ours]],
    ['an empty list (nobody is wanted)', 'users: []', [ours]],
    ['names with commas', 'users: default, eve', ['default', 'eve', ours]],
    ['a list of names', 'users: [default, deploy]', ['default', 'deploy', ours]],
    ['a map by name', 'users: {eve: true}', { eve: true, deploy: account }],
    ['a map that has the name', 'users: {deploy: yes}', { deploy: account }],
    [
      'a map that has the user',
      'users: {deploy: {uid: 7}}',
      { deploy: { uid: 7, ...rights, ssh_authorized_keys: [KEY] } },
    ],
    [
      'the user with a key',
      'users: [{name: deploy, sudo: null, ssh_authorized_keys: [a]}]',
      [{ name: 'deploy', sudo: null, ssh_authorized_keys: ['a', KEY] }],
    ],
    [
      'the user with our key',
      `users: [{name: deploy, sudo: false, ssh_authorized_keys: ['${KEY}']}]`,
      [{ name: 'deploy', sudo: false, ssh_authorized_keys: [KEY] }],
    ],
    [
      'the user with one key as text',
      'users: [{name: deploy, sudo: x, ssh_authorized_keys: a}]',
      [{ name: 'deploy', sudo: 'x', ssh_authorized_keys: ['a', KEY] }],
    ],
    [
      'the user with keys by name',
      'users: [{name: deploy, sudo: x, ssh_authorized_keys: {one: a}}]',
      [{ name: 'deploy', sudo: 'x', ssh_authorized_keys: { one: 'a', 'docker-machine': KEY } }],
    ],
    [
      'the spelling with hyphens',
      'users: [{name: deploy, sudo: x, ssh-authorized-keys: [a]}]',
      [{ name: 'deploy', sudo: 'x', 'ssh-authorized-keys': ['a', KEY] }],
    ],
    [
      'both spellings, of which the later one counts',
      'users: [{name: deploy, sudo: x, ssh_authorized_keys: [b], ssh-authorized-keys: [a]}]',
      [{ name: 'deploy', sudo: 'x', ssh_authorized_keys: ['b'], 'ssh-authorized-keys': ['a', KEY] }],
    ],
    [
      'two entries of the name, of which the first keys count',
      'users: [{name: deploy, sudo: x}, {name: deploy, ssh_authorized_keys: [a]}]',
      [
        { name: 'deploy', sudo: 'x' },
        { name: 'deploy', ssh_authorized_keys: ['a', KEY], ...rights },
      ],
    ],
  ])('%s', (_case, given, expected) => expect(users(given)).toEqual(expected));

  it('adds the key to the old form `user`, which is read before `users`', () => {
    const text = userDataFor(DEPLOY, '#cloud-config\nuser: {name: deploy, ssh_authorized_keys: [a]}');
    expect(meaning(text)).toEqual({ user: { name: 'deploy', ssh_authorized_keys: ['a', KEY], ...rights } });
  });

  it('gives a list that an alias shares with another user a value of its own', () => {
    const given =
      'x: &k [a]\nusers:\n- {name: eve, ssh_authorized_keys: *k}\n- name: deploy\n  sudo: x\n  ssh_authorized_keys: *k # his\n';
    expect(meaning(userDataFor(DEPLOY, `#cloud-config\n${given}`))).toEqual({
      x: ['a'],
      users: [
        { name: 'eve', ssh_authorized_keys: ['a'] },
        { name: 'deploy', sudo: 'x', ssh_authorized_keys: ['a', KEY] },
      ],
    });
  });

  it('keeps the meaning when the shared list itself has to change', () => {
    const given =
      'users:\n- {name: deploy, sudo: x, ssh_authorized_keys: &k [a]}\n- {name: eve, ssh_authorized_keys: *k}\n';
    expect(meaning(userDataFor(DEPLOY, `#cloud-config\n${given}`))).toEqual({
      users: [
        { name: 'deploy', sudo: 'x', ssh_authorized_keys: ['a', KEY] },
        { name: 'eve', ssh_authorized_keys: ['a'] },
      ],
    });
  });

  it('adds to keys that come through a merge key', () => {
    const given = 'b: &b {ssh_authorized_keys: [a], sudo: x}\nusers:\n- <<: *b\n  name: deploy\n';
    expect(meaning(userDataFor(DEPLOY, `#cloud-config\n${given}`))).toMatchObject({
      users: [{ name: 'deploy', sudo: 'x', ssh_authorized_keys: ['a', KEY] }],
    });
  });
});

describe('root', () => {
  it.each(['disable_root: true', 'disable_root: yes', 'users: []', 'users: [{name: root, uid: 0}]', ''])(
    'is let in, and users stay as they are: %s',
    (given) => {
      const before = meaning(given) ?? {};
      expect(meaning(userDataFor(ROOT, `#cloud-config\n${given}`))).toEqual({
        ...before,
        disable_root: false,
        ssh_authorized_keys: [KEY],
      });
    },
  );

  it('keeps keys that are there', () => {
    const text = userDataFor(ROOT, '#cloud-config\nssh_authorized_keys: [a]\n');
    expect(meaning(text)).toMatchObject({ ssh_authorized_keys: ['a', KEY] });
  });
});

describe('disks', () => {
  it('are formatted after what theirs does at boot, and mounted after theirs', () => {
    const given = '#cloud-config\nbootcmd:\n- echo first\nmounts:\n- [/dev/sdz1, /mnt]\n';
    const merged = meaning(userDataFor(WITH_DISK, given));
    expect(merged).toMatchObject({
      bootcmd: [
        'echo first',
        ['sh', '-c', expect.any(String), 'format-disks', 'scsi:1:104857600:xfs:docker-data'],
      ],
      mounts: [
        ['/dev/sdz1', '/mnt'],
        [
          '/dev/disk/by-label/docker-data',
          '/var/lib/docker',
          'xfs',
          expect.stringContaining('nofail'),
          '0',
          '2',
        ],
      ],
    });
  });

  it('are refused where theirs has the path', () => {
    const given = '#cloud-config\nmounts: [[/dev/sdz1, /var/lib/docker]]\n';
    expect(() => userDataFor(WITH_DISK, given)).toThrow('have this path already');
  });

  it('are refused where theirs has a path below, which would be mounted first and hidden', () => {
    const given = '#cloud-config\nmounts: [[/dev/sdz1, /var/lib/docker/volumes]]\n';
    expect(() => userDataFor(WITH_DISK, given)).toThrow(
      'mount a disk at /var/lib/docker: the `mounts` of the cloud-init user-data have /var/lib/docker/volumes',
    );
    const beside = '#cloud-config\nmounts: [[/dev/sdz1, /var/lib/docker2], [/dev/sdy1, /var/lib]]\n';
    expect(() => userDataFor(WITH_DISK, beside)).not.toThrow();
  });
});

describe('text that is not cloud-config', () => {
  it.each([
    ['a list', '#cloud-config\n- a\n', 'its top level is not a mapping'],
    ['text', '#cloud-config\nhello\n', 'its top level is not a mapping'],
    ['bad indentation', '#cloud-config\na:\n  b: 1\n c: 2\n', '(line 4'],
    ['a tab', '#cloud-config\na:\n\t- b\n', '(line 3'],
    ['an unknown alias', '#cloud-config\na: *b\n', 'alias'],
    ['two documents', '#cloud-config\na: 1\n---\nb: 2\n', 'multiple documents'],
    ['users that are a number', '#cloud-config\nusers: 7\n', '`users` is not a list'],
    [
      'keys that are a number',
      '#cloud-config\nusers: [{name: deploy, ssh_authorized_keys: 7}]\n',
      'is not a list',
    ],
  ])('is refused: %s', (_case, given, problem) => {
    expect(() => userDataFor(DEPLOY, given)).toThrow(problem);
  });

  it('is refused without being quoted: there may be secrets in it', () => {
    const given = '#cloud-config\nruncmd:\n  - join --token SECRET: [\n - x SECRET\n\tSECRET\n';
    expect(() => userDataFor(ROOT, given)).toThrow(/^(?!.*SECRET).*line \d+/);
  });

  it('is refused when its aliases unfold without end', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`);
    const bomb = `#cloud-config\na0: &a0 [x]\n${lines.join('\n')}\n`;
    expect(() => userDataFor(ROOT, bomb)).toThrow('read the cloud-init user-data as cloud-config');
  });
});
