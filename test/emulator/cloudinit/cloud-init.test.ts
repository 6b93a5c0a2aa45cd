import { CloudInit } from '../../../src/emulator/cloudinit/index.js';
import { run, runningSystem } from '../running-system.js';
import { booted } from './booted.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMtGvnDrYmJy2zc3GyCM8SmUSBbLgJvc8w1oYzOBiDSm one';
const OTHER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPcV2VwbMTBkKxmsRwDRV7mNHYBRLsv3RxKfTMSBdD7o two';

describe('users and keys', () => {
  test('root with a key of its own, as the official driver asks for it', async () => {
    const system = await booted(
      `#cloud-config\nusers:\n  - name: root\n    ssh_authorized_keys:\n      - ${KEY}\n`,
    );
    expect(system.fs.readText('/root/.ssh/authorized_keys')).toBe(`${KEY}\n`);
    expect((await run(system, 'stat -c "%a %U" /root/.ssh /root/.ssh/authorized_keys')).out).toBe(
      '700 root\n600 root\n',
    );
    expect(system.accounts.user('ubuntu')).toBeUndefined();
  });

  test('without users the default user gets the keys, and root is told to take that one', async () => {
    const system = await booted(`#cloud-config\nssh_authorized_keys:\n  - ${KEY}\n`);
    expect(system.fs.readText('/home/ubuntu/.ssh/authorized_keys')).toBe(`${KEY}\n`);
    const forRoot = system.fs.readText('/root/.ssh/authorized_keys');
    expect(forRoot).toContain(
      'command="echo \'Please login as the user \\"ubuntu\\" rather than the user \\"root\\".\'',
    );
    expect((await run(system, 'sudo id -un; id -nG', 'ubuntu')).out).toBe('root\nubuntu adm sudo\n');
  });

  test('disable_root: false lets root in', async () => {
    const system = await booted(`#cloud-config\ndisable_root: false\nssh_authorized_keys: ['${KEY}']\n`);
    expect(system.fs.readText('/root/.ssh/authorized_keys')).toBe(`${KEY}\n`);
  });

  test('several users, groups, shells, sudo', async () => {
    const system = await booted(
      `#cloud-config
groups: [apps, {ops: [x]}]
users:
  - default
  - name: ann
    gecos: Ann
    groups: apps, docker
    shell: /bin/bash
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys: ['${KEY}', '${OTHER}']
  - {name: svc, system: true, no_create_home: true}
  - bob
`,
    );
    expect((await run(system, 'id -nG ann; getent passwd ann; sudo whoami', 'ann')).out).toBe(
      'ann apps docker\nann:x:1001:1003:Ann:/home/ann:/bin/bash\nroot\n',
    );
    expect(system.accounts.user('svc')?.uid).toBeLessThan(1000);
    expect(system.fs.find('/home/svc')).toBeUndefined();
    expect(system.accounts.user('bob')?.shell).toBe('/bin/sh');
    expect(system.accounts.user('ubuntu')).toBeDefined();
  });

  test('users as a mapping, and keys of the meta-data', async () => {
    const system = await booted(
      `#cloud-config\nusers: {ann: {ssh_authorized_keys: ['${KEY}']}, default: {}}\n`,
      {
        spec: { metaData: JSON.stringify({ 'public-keys': { one: OTHER }, 'local-hostname': 'from-meta' }) },
      },
    );
    expect(system.fs.readText('/home/ann/.ssh/authorized_keys')).toBe(`${KEY}\n`);
    expect(system.hostname).toBe('from-meta');
  });

  test('a bad name is a warning and stops nobody else', async () => {
    const system = await booted('#cloud-config\nusers: [{name: "a:b"}, {name: ann}]\n');
    expect(system.accounts.user('ann')).toBeDefined();
    expect(system.cloudInit.warnings).toEqual([expect.stringContaining('Failed to create user a:b')]);
  });
});

describe('the rest of cloud-config', () => {
  test('files, commands, packages and host name in their order', async () => {
    const system = await booted(
      `#cloud-config
hostname: named
fqdn: named.example.test
manage_etc_hosts: true
packages: [net-tools]
write_files:
  - {path: /etc/x/a, content: "one\\n", permissions: '0640', owner: 'root:adm'}
  - {path: /etc/x/b, content: dHdv, encoding: b64}
  - {path: /etc/x/a, content: "more\\n", append: true, permissions: 0640, owner: 'root:adm'}
  - {path: /home/ubuntu/late, content: late, owner: 'ubuntu:ubuntu', defer: true}
bootcmd:
  - echo boot > /tmp/boot
runcmd:
  - cat /etc/x/b /tmp/boot > /tmp/ran
  - [sh, -c, 'echo "$1" >> /tmp/ran', x, "a  b"]
  - type netstat >> /tmp/ran
`,
    );
    expect((await run(system, 'cat /tmp/ran; hostname; cat /etc/x/a; stat -c "%a %G" /etc/x/a')).out).toBe(
      'twoboot\na  b\nnetstat is /usr/bin/netstat\nnamed\none\nmore\n640 adm\n',
    );
    expect((await run(system, 'stat -c %U /home/ubuntu/late; grep 127.0.1.1 /etc/hosts')).out).toBe(
      'ubuntu\n127.0.1.1 named.example.test named\n',
    );
    expect((await run(system, 'cloud-init status --wait')).out).toBe('status: done\n');
    expect(system.fs.find('/var/lib/cloud/instance/boot-finished')).toBeDefined();
  });

  test('scripts run after commands, each with its own status', async () => {
    const system = await booted('#!/bin/bash\necho "$0" > /tmp/s\nexit 3\n');
    expect(system.fs.readText('/tmp/s')).toBe('/var/lib/cloud/instance/scripts/part-001\n');
    const status = await run(system, 'cloud-init status --long');
    expect(status.status).toBe(1);
    expect(status.out).toMatch(/^status: error\n[^]*part-001.*exit status 3/);
  });

  test('a failing command of runcmd is an error only when it is the last', async () => {
    expect((await booted('#cloud-config\nruncmd: [false, true]\n')).cloudInit.errors).toEqual([]);
    expect((await booted('#cloud-config\nruncmd: ["true", "false"]\n')).cloudInit.errors).toEqual([
      "('runcmd', exit status 1)",
    ]);
  });

  test('what cannot be read is a warning: degraded on new versions, nothing on old ones', async () => {
    const broken = '#cloud-config\nusers: [\n  - x: {';
    const ubuntu = await run(await booted(broken), 'cloud-init status --long');
    expect(ubuntu.status).toBe(2);
    expect(ubuntu.out).toMatch(/^status: done\nextended_status: degraded done\n[^]*Failed loading yaml blob/);
    const debian = await run(await booted(broken, { distribution: 'debian' }), 'cloud-init status');
    expect(debian).toMatchObject({ status: 0, out: 'status: done\n' });
    expect((await booted('hello')).cloudInit.warnings[0]).toContain('Unhandled non-multipart');
  });

  test('jinja templates know the instance', async () => {
    const text = '## template: jinja\n#cloud-config\nhostname: "{{ v1.local_hostname }}-x"\n';
    expect((await booted(text, { spec: { name: 'web 7' } })).hostname).toBe('web-7-x');
  });

  test('aliases that unfold without end are refused', async () => {
    const levels = Array.from({ length: 12 }, (_unused, index) => {
      const names = Array.from({ length: 10 }, () => `*a${index}`).join(', ');
      return `a${index + 1}: &a${index + 1} [${names}]`;
    });
    const system = await booted(`#cloud-config\na0: &a0 x\n${levels.join('\n')}\n`);
    expect(system.cloudInit.warnings[0]).toContain('Failed loading yaml blob');
  });
});

describe('merging of parts', () => {
  const parts = (...configs: string[]) =>
    [
      'Content-Type: multipart/mixed; boundary=b\n',
      ...configs.map((config) => `--b\nContent-Type: text/cloud-config\n\n#cloud-config\n${config}`),
      '--b--',
    ].join('\n');

  test('a later key replaces an earlier one', async () => {
    const system = await booted(parts('runcmd: ["echo a >> /tmp/r"]', 'runcmd: ["echo b >> /tmp/r"]'));
    expect(system.fs.readText('/tmp/r')).toBe('b\n');
  });

  test.each([
    "merge_how: 'list(append)+dict(recurse_array)+str()'",
    'merge_how: [{name: list, settings: [append]}, {name: dict, settings: [no_replace, recurse_list]}]',
  ])('unless it says how to join: %s', async (how) => {
    const system = await booted(
      parts('runcmd: ["echo a >> /tmp/r"]', `${how}\nruncmd: ["echo b >> /tmp/r"]`),
    );
    expect(system.fs.readText('/tmp/r')).toBe('a\nb\n');
  });
});

test('at the next boot only what belongs to every boot is done again', async () => {
  const userData =
    '#cloud-config\nhostname: first\nwrite_files: [{path: /root/w, content: one}]\nbootcmd: ["echo boot >> /root/b"]\nruncmd: ["echo run >> /root/r"]\n';
  const system = await booted(userData);
  await run(system, 'hostnamectl hostname mine; echo two > /root/w');
  const again = new CloudInit(system);
  await again.early();
  await again.late();
  expect((await run(system, 'wc -l < /root/b; wc -l < /root/r; hostname; cat /root/w')).out).toBe(
    '2\n1\nmine\ntwo\n',
  );
});

test('a new instance id does all of it once more', async () => {
  const { system } = runningSystem({
    spec: { userData: '#cloud-config\nruncmd: ["echo run >> /root/r"]\n' },
  });
  for (const vmUuid of ['one', 'two']) {
    Object.assign(system.spec, { vmUuid });
    const cloudInit = new CloudInit(system);
    await cloudInit.early();
    await cloudInit.late();
  }
  expect(system.fs.readText('/root/r')).toBe('run\nrun\n');
});
