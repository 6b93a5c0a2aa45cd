import type { GuestSystem } from '../../../src/emulator/guest/guest-system.js';
import { run, runningSystem } from '../running-system.js';

let system: GuestSystem;
beforeEach(async () => {
  ({ system } = runningSystem());
  await run(system, 'useradd -m -s /bin/bash ann; useradd -m bob; usermod -aG adm ann');
});

/** What depends on this guest's users and files; all else is in shell-truth.test.ts. */
const TABLE: readonly (readonly [string, string, number?])[] = [
  ['touch /a; chown ann:adm /a; stat -c "%U:%G %u" /a', 'ann:adm 1000\n'],
  ['install -d -m 750 -o ann /x/y; stat -c "%a %U" /x/y', '750 ann\n'],
  ['ls -la /root | head -1; ls -d /root; ls /nope 2>/dev/null', 'total 8\n/root\n', 2],
  ['realpath /bin/../../etc/./hosts', '/etc/hosts\n'],
];

for (const [command, out, status = 0] of TABLE) {
  test(command, async () => {
    expect(await run(system, command)).toMatchObject({ out, status });
  });
}

describe('rights', () => {
  test.each([
    ['echo x > /etc/hostname', 'bash: line 1: /etc/hostname: Permission denied\n'],
    ['cat /etc/sudoers', 'cat: /etc/sudoers: Permission denied\n'],
    ['ls /root', "ls: cannot open directory '/root': Permission denied\n"],
    ['mkdir /x', "mkdir: cannot create directory '/x': Permission denied\n"],
    ['rm /etc/passwd', "rm: cannot remove '/etc/passwd': Permission denied\n"],
    ['chown root /home/ann', "chown: cannot access '/home/ann': Operation not permitted\n"],
    ['hostname other', 'hostname: you must be root to change the host name\n'],
    ['cat /home/bob/x', 'cat: /home/bob/x: Permission denied\n'],
    ['sudo id', 'ann is not in the sudoers file.\n'],
    ['apt-get update', expect.stringContaining('are you root?')],
    ['systemctl restart docker', expect.stringContaining('authentication required')],
    ['poweroff', expect.stringContaining('authentication required')],
  ])('a user may not: %s', async (command, err) => {
    const ran = await run(system, command, 'ann');
    expect(ran.err).toEqual(err);
    expect(ran.status).not.toBe(0);
  });

  test('a group lets its members read', async () => {
    await run(system, 'echo secret > /tmp/f; chgrp adm /tmp/f; chmod 640 /tmp/f');
    expect(await run(system, 'cat /tmp/f', 'ann')).toMatchObject({ out: 'secret\n' });
    expect(await run(system, 'cat /tmp/f', 'bob')).toMatchObject({ status: 1 });
  });

  test('in /tmp only the owner takes a file away', async () => {
    await run(system, 'touch /tmp/f', 'ann');
    expect(await run(system, 'rm /tmp/f', 'bob')).toMatchObject({ status: 1 });
    expect(await run(system, 'rm /tmp/f', 'ann')).toMatchObject({ status: 0 });
  });
});

describe('sudo', () => {
  test('with a rule of its own a user becomes root', async () => {
    await run(system, 'echo "ann ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/ann');
    expect(
      await run(system, 'sudo id -un; sudo -u bob whoami; sudo -E env | grep ^HOME', 'ann'),
    ).toMatchObject({
      out: 'root\nbob\nHOME=/home/ann\n',
    });
    expect(await run(system, 'FOO=1 sudo printenv FOO; FOO=1 sudo -E printenv FOO', 'ann')).toMatchObject({
      out: '1\n',
    });
    expect(await run(system, 'sudo nosuch', 'ann')).toMatchObject({
      status: 1,
      err: 'sudo: nosuch: command not found\n',
    });
  });

  test('a rule without NOPASSWD wants a password nobody can give', async () => {
    await run(system, 'usermod -aG sudo bob');
    expect(await run(system, 'sudo -n id', 'bob')).toMatchObject({
      status: 1,
      err: 'sudo: a password is required\n',
    });
  });
});

test('a full disk refuses further writes and keeps what it has', async () => {
  const { status, err } = await run(system, 'head -c 8000000 /dev/zero > /tmp/big');
  expect({ status, err }).toEqual({ status: 1, err: 'head: write error: No space left on device\n' });
  expect((await run(system, 'rm /tmp/big; echo fits > /tmp/x; cat /tmp/x')).out).toBe('fits\n');
});
