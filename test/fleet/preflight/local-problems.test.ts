import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFleet } from '../../../src/fleet/declaration/load.js';
import type { Fleet } from '../../../src/fleet/declaration/fleet.js';
import {
  inputFileProblems,
  readRequests,
  stackProblems,
  variableProblems,
  volumePluginProblems,
} from '../../../src/fleet/preflight/local-problems.js';
import { NotReady } from '../../../src/fleet/preflight/not-ready.js';
import { ENVIRONMENT } from '../declaration/declaration.js';

describe('what is wrong on this computer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preflight-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'empty'), '\n');
  writeFileSync(join(folder, 'stack.yaml'), 'services: { web: { image: nginx } }\n');
  writeFileSync(join(folder, 'broken.yaml'), 'services: [\n');
  writeFileSync(join(folder, 'script.sh'), 'echo\n');

  function fleetOf(text: string): Fleet {
    const result = parseFleet(text, join(folder, 'hosts.yaml'), ENVIRONMENT);
    if ('problems' in result) throw new Error(JSON.stringify(result.problems));
    return result.fleet;
  }

  const oneHost = (nutanix: string): Fleet =>
    fleetOf(`name: x\ngroups:\n  - name: a-{1..3}\n    nutanix: { ${nutanix} }\n`);

  test.each([
    ['user-data', 'cloud-init-file: none.yaml', 'none.yaml (ENOENT)'],
    ['empty user-data', 'cloud-init-file: empty', 'is empty'],
    ['user-data of no kind', 'cloud-init-file: script.sh', 'user-data'],
    ['a key', 'ssh-key: none', 'none (ENOENT)'],
    ['a file that is no key', 'ssh-key: script.sh', 'holds no private key'],
  ])('%s that cannot be used: at its place, once for three hosts', async (_, nutanix, words) => {
    const fleet = oneHost(nutanix);
    const { problems } = await readRequests(fleet, ENVIRONMENT);
    const message = new NotReady('hosts.yaml', problems).message;
    expect(message).toContain(words);
    expect(message).toMatch(/^hosts.yaml:\d+:\d+: /);
  });

  test.each(['ca-file', 'credentials-file'])('%s of the connection', async (key) => {
    const fleet = fleetOf(`name: x\nconnection:\n  ${key}: none\ngroups: [{ name: a, count: 3 }]\n`);
    const { problems } = await readRequests(fleet, ENVIRONMENT);
    expect(new NotReady('hosts.yaml', problems).message.split('\n')).toEqual([
      expect.stringMatching(/^hosts.yaml:2:1: --nutanix-.*cannot read .*none \(ENOENT\)/),
      '1 problem; nothing was made or changed.',
    ]);
  });

  test('a file that the environment names has no place in the declaration', async () => {
    const environment = { ...ENVIRONMENT, NUTANIX_SSH_KEY: join(folder, 'none') };
    const { problems } = await readRequests(oneHost('vm-cpus: 1'), environment);
    expect(new NotReady('hosts.yaml', problems).message).toMatch(
      /^--nutanix-ssh-key \(\$NUTANIX_SSH_KEY\): cannot read .*\n1 problem/,
    );
  });

  test('what the hosts ask for', async () => {
    const { hosts, problems } = await readRequests(oneHost('vm-network: [vlan-7], project: p'), {
      ...ENVIRONMENT,
      NUTANIX_TIMEOUT: '40',
    });
    expect(problems).toEqual([]);
    expect(hosts.map(({ request }) => request)).toMatchObject([
      {
        limit: 40_000,
        placement: { cluster: 'prod', image: 'debian-12', subnets: ['vlan-7'], project: 'p' },
      },
      { placement: { vmName: 'a-2' } },
      { placement: { vmName: 'a-3' } },
    ]);
  });

  test('variables of steps that are not set; an empty one is set', () => {
    const fleet = fleetOf(
      'name: x\ngroups: [{ name: a }]\ninstall:\n  - { name: i, on: { role: a }, run: ls, environment: [A, B, C] }\n',
    );
    expect(variableProblems(fleet, { A: '1', B: '' })).toEqual([
      { line: 4, column: 62, text: 'the environment variable C is not set, and the step i needs it' },
    ]);
  });

  test.each([
    ['stack.yaml', undefined],
    ['none.yaml', 'cannot be read (ENOENT)'],
    ['.', 'cannot be read (EISDIR)'],
    ['empty', 'is empty'],
    ['broken.yaml', 'is no YAML'],
  ])('the stack file %s: %s', async (file, words) => {
    const fleet = fleetOf(
      `name: x\ngroups: [{ name: a, swarm: manager }]\ndeploy:\n  - { name: s, file: ${file} }\n`,
    );
    const expected =
      words === undefined ? [] : [{ line: 4, column: 16, text: expect.stringContaining(words) as unknown }];
    expect(await stackProblems(fleet)).toEqual(expected);
  });

  test('the volume plugin: its secret, and the executable for hosts', async () => {
    const file = (program: string): Fleet =>
      fleetOf(
        `name: x\ngroups: [{ name: a }]\nvolumes:\n  username: u\n  password-env: VP\n  program: ${program}\n`,
      );
    expect(await volumePluginProblems(file('script.sh'), { VP: 'secret' })).toEqual([]);
    expect(await volumePluginProblems(file('none'), { VP: '' })).toEqual([
      {
        line: 5,
        column: 3,
        text: 'the environment variable VP is not set, and the volume plugin needs it',
      },
      { line: 6, column: 3, text: `the volume plugin ${join(folder, 'none')} cannot be read` },
    ]);
  });

  test('files that steps read', async () => {
    const fleet = fleetOf(
      'name: x\ngroups: [{ name: a }]\ninstall:\n  - { name: i, on: { role: a }, run: cat, input: script.sh }\n' +
        '  - { name: j, on: { role: a }, run: cat, input: none }\n',
    );
    expect(await inputFileProblems(fleet)).toEqual([
      {
        line: 5,
        column: 43,
        text: `the file ${join(folder, 'none')} cannot be read (ENOENT), and the step j needs it`,
      },
    ]);
  });
});
