import { homedir } from 'node:os';
import { join } from 'node:path';
import { argumentsOf, ENVIRONMENT, fleetOf, problemsOf } from './declaration.js';

describe('a declaration, expanded', () => {
  test('connection, defaults, group, spread, addresses and host: the nearer wins', () => {
    const fleet = fleetOf(`
name: web
connection: { endpoint: pc.example, credentials-file: secrets/pc }
defaults:
  nutanix: { vm-mem: 1024, vm-cpus: 1, vm-categories: [a=b] }
  engine: { label: [tier=all] }
groups:
  - name: web-{08..10}
    nutanix: { vm-mem: 2048 }
    engine: { label: tier=web }
    spread: { cluster: [left, right] }
    addresses: 10.0.0.8-10.0.0.10
    hosts:
      web-10: { nutanix: { vm-cpus: 8 } }
`);
    const all = ['--nutanix-endpoint=pc.example', '--nutanix-credentials-file=/etc/fleets/secrets/pc'];
    const host = (cpus: number, cluster: string, address: string): string[] => [
      ...all,
      '--nutanix-vm-mem=2048',
      `--nutanix-vm-cpus=${cpus}`,
      '--nutanix-vm-categories=a=b',
      '--engine-label=tier=web',
      `--nutanix-cluster=${cluster}`,
      `--nutanix-ip=${address}`,
    ];
    expect(argumentsOf(fleet)).toEqual({
      'web-08': host(1, 'left', '10.0.0.8'),
      'web-09': host(1, 'right', '10.0.0.9'),
      'web-10': host(8, 'left', '10.0.0.10'),
    });
  });

  test.each([
    ['secrets/pc', '/etc/fleets/secrets/pc'],
    ['/run/secrets/pc', '/run/secrets/pc'],
    ['~/.nutanix', join(homedir(), '.nutanix')],
    ['~other/pc', '/etc/fleets/~other/pc'],
  ])('a path that it names: %s', (named, path) => {
    const fleet = fleetOf(`name: web\nconnection: { credentials-file: ${named} }\ngroups: [{ name: a }]\n`);
    expect(argumentsOf(fleet)['a']).toContain(`--nutanix-credentials-file=${path}`);
  });

  test.each([
    ['name: a', ['a']],
    ['{ name: a, count: 2 }', ['a-1', 'a-2']],
    ['name: a-{2..3}-b', ['a-2-b', 'a-3-b']],
    ['name: a-{001..002}', ['a-001', 'a-002']],
  ])('%s names %j', (group, names) => {
    const fleet = fleetOf(`name: x\ngroups:\n  - ${group}\n`);
    expect(fleet.hosts.map(({ name }) => name)).toEqual(names);
  });

  test('the password of a proxy is a secret as well', () => {
    const proxy = 'http://u:geheim@proxy.example:3128';
    const text = (more: string) =>
      `name: x\nconnection: { proxy: "${proxy}"${more} }\ngroups: [{ name: a }]\n`;
    expect(problemsOf(text(''))).toEqual([
      { line: 2, column: 15, text: expect.stringContaining('NUTANIX_PROXY') as unknown },
    ]);
    const fleet = fleetOf(text(', secrets-in-this-file: true'));
    expect(fleet.secrets).toEqual({ NUTANIX_PROXY: proxy });
    expect(JSON.stringify(argumentsOf(fleet))).not.toContain('geheim');
    const open = 'name: x\nconnection: { proxy: "http://proxy.example:3128" }\ngroups: [{ name: a }]\n';
    expect(argumentsOf(fleetOf(open))['a']).toContain('--nutanix-proxy=http://proxy.example:3128');
  });

  test('a password goes into the environment of the client, never into an argument', () => {
    const text = 'name: x\nconnection: { password-env: VAULT_PW }\ngroups: [{ name: a }]\n';
    const fleet = fleetOf(text, { ...ENVIRONMENT, VAULT_PW: 's3cret' });
    expect(fleet.secrets).toEqual({ NUTANIX_PASSWORD: 's3cret' });
    expect(JSON.stringify(argumentsOf(fleet))).not.toContain('s3cret');
  });

  test('an even number of managers is worth a warning', () => {
    const text = (count: number): string =>
      `name: x\ngroups: [{ name: a, count: ${count}, swarm: manager }]\n`;
    expect(fleetOf(text(3)).warnings).toEqual([]);
    expect(fleetOf(text(4)).warnings).toEqual([expect.stringContaining('4 managers survive the loss of 1')]);
  });
});

describe('a bad declaration says where and what', () => {
  test.each([
    [
      'an unknown key',
      'name: x\ngroups:\n  - name: a\n    nutanix: { vm-cpu: 2 }\n',
      4,
      16,
      'did you mean vm-cpus',
    ],
    [
      'a key with a short name',
      'name: x\ngroups:\n  - name: a\n    nutanix: { mem: 2 }\n',
      4,
      16,
      'did you mean vm-mem',
    ],
    [
      'a wrong kind',
      'name: x\ngroups:\n  - name: a\n    nutanix: { vm-cpus: many }\n',
      4,
      16,
      'must be a number',
    ],
    [
      'a fraction',
      'name: x\ngroups:\n  - name: a\n    nutanix: { vm-cpus: 1.5 }\n',
      4,
      16,
      'must be a whole number',
    ],
    ['nothing of a group', 'name: x\ngroups: []\n', 2, 1, 'groups is empty'],
    ['no name', 'groups: [{ name: a }]\n', 1, 1, 'name is missing'],
    ['bad YAML', 'name: x\ngroups: [\n', 3, 1, 'Flow sequence'],
    ['the same key twice', 'name: x\nname: y\ngroups: [{ name: a }]\n', 2, 1, 'unique'],
    ['two hosts of one name', 'name: x\ngroups:\n  - name: a\n  - name: a\n', 4, 5, 'declared twice'],
    ['a name that no machine can have', 'name: x\ngroups:\n  - name: a_b\n', 3, 5, 'contains "_"'],
    [
      'too few addresses',
      'name: x\ngroups:\n  - name: a-{1..2}\n    addresses: [10.0.0.1]\n',
      4,
      5,
      '1 addresses for 2',
    ],
    ['a host of another group', 'name: x\ngroups:\n  - name: a\n    hosts: { b: {} }\n', 4, 14, 'no host b'],
    [
      'a spread of nothing',
      'name: x\ngroups:\n  - name: a\n    spread: { clstr: [a] }\n',
      4,
      15,
      '--nutanix-clstr',
    ],
    [
      'a bad value',
      'name: x\ngroups:\n  - name: a\n    nutanix: { boot-type: bios }\n',
      4,
      16,
      'legacy, uefi',
    ],
    ['a swarm role', 'name: x\ngroups:\n  - name: a\n    swarm: boss\n', 4, 5, 'manager'],
    [
      'a swarm without managers',
      'name: x\ngroups:\n  - name: a\n    swarm: worker\n',
      3,
      5,
      'needs a manager',
    ],
    [
      'a secret in the file',
      'name: x\nconnection: { password: p }\ngroups: [{ name: a }]\n',
      2,
      15,
      'password-env',
    ],
    [
      'an unset variable',
      'name: x\nconnection: { password-env: NO }\ngroups: [{ name: a }]\n',
      2,
      15,
      'NO is not set',
    ],
    [
      'an unknown role',
      'name: x\ngroups: [{ name: a }]\ninstall:\n  - { name: i, on: { role: b }, run: ls }\n',
      4,
      22,
      'called b',
    ],
  ])('%s', (_, text, line, column, words) => {
    const problems = problemsOf(text);
    expect(problems).toEqual([{ line, column, text: expect.stringContaining(words) as unknown }]);
  });

  test('what is missing for the driver is said once for a group', () => {
    const problems = problemsOf('name: x\ngroups: [{ name: a, count: 3 }]\n', {});
    const about = problems.map(({ text }) => /--nutanix-[a-z-]+/.exec(text)?.[0]);
    expect(about).toEqual(expect.arrayContaining(['--nutanix-endpoint', '--nutanix-cluster']));
    expect(new Set(about).size).toBe(about.length);
  });
});
