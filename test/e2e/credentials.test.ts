import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from './cloud.js';
import { dist, type Machine } from './machine.js';

const NONE = {
  NUTANIX_USERNAME: undefined,
  NUTANIX_PASSWORD: undefined,
  NUTANIX_API_KEY: undefined,
  NUTANIX_CREDENTIALS_FILE: undefined,
};

/** One machine whose credentials are not stored. The tests go from working credentials to none at all. */
describe('credentials that are not stored', () => {
  const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
  const file = join(folder, 'credentials');
  let cloud: Cloud;
  let machine: Machine;

  beforeAll(async () => {
    // Two accounts: rotation is from the first to the second.
    const users = [
      { username: 'next', password: 'next-password', role: 'admin' as const, apiKey: 'next-key' },
    ];
    cloud = await Cloud.start({ users });
    machine = cloud.machine();
    await machine.run('create', '-d', 'nutanix', '--nutanix-store-credentials=false', 'web-1');
  });
  afterAll(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const using = (env: Record<string, string>): Machine => machine.withEnvironment({ ...NONE, ...env });
  const account = (username: string, password: string): string =>
    `username=${username}\npassword=${password}\n`;

  test('are in the environment at the next command', async () => {
    expect(machine.config('web-1')).not.toHaveProperty('Driver.Password');
    expect(machine.config('web-1')).not.toHaveProperty('Driver.APIKey');
    expect(await machine.run('status', 'web-1')).toBe('Running');
    expect(await using({ NUTANIX_API_KEY: 'next-key' }).run('status', 'web-1')).toBe('Running');
  });

  test('are in a file or come from a helper that the environment names; both may change between commands', async () => {
    const { username, password } = cloud.simulator;
    const named = using({ NUTANIX_CREDENTIALS_FILE: file });
    writeFileSync(file, account(username, password));
    expect(await named.run('status', 'web-1')).toBe('Running');
    writeFileSync(file, account(username, 'old-password'));
    expect((await named.attempt('kill', 'web-1')).output).toMatch(/refused user "admin" \(HTTP 401\)/);
    writeFileSync(file, account('next', 'next-password'));
    await named.run('stop', 'web-1');
    rmSync(file);
    writeFileSync(file, '#!/bin/sh\necho username=next; echo password=next-password\n', { mode: 0o700 });
    await named.run('start', 'web-1');
    expect(named.config('web-1')).not.toHaveProperty('Driver.Password');
    expect(readFileSync(join(machine.store, 'machines', 'web-1', 'config.json'), 'utf8')).not.toContain(
      'next-pass',
    );
  });

  test('in a file that others can read: restart and nutanix-hosts warn, what programs read stays clean', async () => {
    rmSync(file);
    writeFileSync(file, account('next', 'next-password'));
    chmodSync(file, 0o644);
    const named = using({ NUTANIX_CREDENTIALS_FILE: file });
    const declaration = join(folder, 'hosts.yaml');
    writeFileSync(declaration, 'name: other\ngroups: [{ name: other }]\n');
    const warnings = async (...command: [string, ...string[]]): Promise<number> => {
      const { code, output } = await named.startProgram(...command).outcome;
      expect(code).toBe(0);
      return (
        output.split(
          `all users of this computer can read the credentials file ${file} (mode 0644): chmod 600`,
        ).length - 1
      );
    };
    for (const look of ['ip', 'url', 'status', 'env']) {
      expect([look, await warnings(named.command, look, 'web-1')]).toEqual([look, 0]);
    }
    expect(await warnings(named.command, 'ls')).toBe(0);
    expect(await warnings(named.command, 'restart', 'web-1')).toBe(1);
    expect(await warnings(dist('nutanix-hosts'), 'plan', '-f', declaration)).toBe(1);
    expect(await warnings(dist('nutanix-hosts'), 'orphans', '-f', declaration)).toBe(1);
    chmodSync(file, 0o600);
    expect(await warnings(named.command, 'restart', 'web-1')).toBe(0);
    expect(await warnings(dist('nutanix-hosts'), 'plan', '-f', declaration)).toBe(0);
  });

  test.each<[string, { NUTANIX_PASSWORD?: string; NUTANIX_USERNAME?: string }]>([
    ['absent', {}],
    ['dead', { NUTANIX_PASSWORD: 'dead', NUTANIX_USERNAME: 'admin' }],
  ])(
    '%s: ssh, scp, ip, url, inspect, env and ls work; what needs them says what is missing',
    async (_case, env) => {
      const poor = using(env);
      const ip = await machine.run('ip', 'web-1');
      expect(await poor.run('ssh', 'web-1', 'hostname')).toBe('web-1');
      writeFileSync(file, 'copied');
      await poor.run('scp', file, 'web-1:/tmp/copied');
      expect(await poor.run('ssh', 'web-1', 'cat /tmp/copied')).toBe('copied');
      expect(await poor.run('ip', 'web-1')).toBe(ip);
      expect(await poor.run('url', 'web-1')).toBe(`tcp://${ip}:2376`);
      expect(await poor.run('inspect', '--format', '{{.Driver.IPAddress}}', 'web-1')).toBe(ip);
      expect(await poor.run('env', '--shell', 'bash', 'web-1')).toContain(`tcp://${ip}:2376`);
      expect(await poor.run('ls', '--format', '{{.Name}} {{.State}}')).toMatch(/^web-1 (Error|Running)$/);
      const { code, output } = await poor.attempt('kill', 'web-1');
      expect(code).toBe(1);
      expect(output).toMatch(
        env.NUTANIX_PASSWORD === undefined ? /NUTANIX_PASSWORD/ : /refused user "admin"/,
      );
      expect(await machine.run('status', 'web-1')).toBe('Running');
    },
  );

  test('are needed by rm, which leaves nothing when it has them', async () => {
    expect((await using({}).attempt('rm', '-y', 'web-1')).code).toBe(1);
    expect(cloud.vmNames()).toEqual(['web-1']);
    await machine.run('rm', '-y', 'web-1');
    expect(cloud.vmNames()).toEqual([]);
  });
});

describe('credentials that are stored', () => {
  test('as a path are read at each use; as values they are what the official driver stores', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
    const cloud = await Cloud.start();
    try {
      const { username, password } = cloud.simulator;
      const file = join(folder, 'credentials');
      writeFileSync(file, `username=${username}\npassword=${password}\n`);
      const machine = cloud.machine({ ...NONE, NUTANIX_CREDENTIALS_FILE: file });
      await machine.run('create', '-d', 'nutanix', '--nutanix-wait-for', 'ip', 'by-file');
      const later = machine.withEnvironment(
        Object.fromEntries(Object.keys(cloud.env).map((name) => [name, undefined])),
      );
      expect(later.config('by-file')).toMatchObject({ Driver: { CredentialsFile: file, Password: '' } });
      expect(await later.run('status', 'by-file')).toBe('Running');
      await later.run('rm', '-y', 'by-file');
      const stored = cloud.machine();
      await stored.run('create', '-d', 'nutanix', '--nutanix-wait-for', 'ip', 'by-value');
      expect(stored.config('by-value')).toMatchObject({ Driver: { Username: username, Password: password } });
      const without = stored.withEnvironment(NONE);
      await without.run('rm', '-y', 'by-value');
      expect(cloud.vmNames()).toEqual([]);
    } finally {
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
