import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cloud, filesBelow } from './cloud.js';
import { dist, type Machine } from './machine.js';
import { formsOf } from './secret-forms.js';

const NAMES = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5'];
const STALE = 'st@le "password"';

/** Wrong credentials and many machines: a directory account is locked after a few failed sign-ins. */
describe('wrong credentials', () => {
  let cloud: Cloud;
  let machine: Machine;

  beforeAll(async () => {
    cloud = await Cloud.start({
      users: [{ username: 'robot', password: 'x', role: 'admin', apiKey: 'robot-key' }],
    });
    machine = cloud.machine({ NUTANIX_STORE_CREDENTIALS: 'false' });
    const file = join(machine.store, 'hosts.yaml');
    writeFileSync(file, 'name: web\ngroups: [{ name: web, count: 5 }]\n');
    const { code, output } = await machine.startProgram(dist('nutanix-hosts'), 'apply', '-f', file).outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
  });
  afterAll(() => cloud.close());

  /** How many requests were answered with 401 while `work` ran. */
  async function refusals(work: () => Promise<void>): Promise<number> {
    const before = cloud.simulator.snapshot().requests.total;
    await work();
    const { latest, total } = cloud.simulator.snapshot().requests;
    const seen = total === before ? [] : latest.slice(-(total - before));
    return seen.filter(({ status }) => status === 401).length;
  }

  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ['password', { NUTANIX_PASSWORD: STALE }, /refused user "admin" \(HTTP 401\)/],
    [
      'API key',
      { NUTANIX_PASSWORD: undefined, NUTANIX_API_KEY: 'revoked' },
      /refused the API key \(HTTP 401\)/,
    ],
  ])(
    'ls of five machines with a stale %s: one failed sign-in, and ERRORS says why',
    async (_case, env, text) => {
      const stale = machine.withEnvironment(env);
      let lines: string[] = [];
      const failed = await refusals(async () => {
        lines = (await stale.run('ls', '--format', '{{.Name}} {{.Error}}')).split('\n');
      });
      expect(lines.map((line) => line.split(' ')[0])).toEqual(NAMES);
      for (const line of lines) expect(line).toMatch(text);
      expect(failed).toBe(1);
    },
  );

  test('the next command does not ask again and says how long that lasts; other credentials are tried at once', async () => {
    const stale = machine.withEnvironment({ NUTANIX_PASSWORD: STALE });
    const failed = await refusals(async () => {
      const { output } = await stale.attempt('kill', 'web-1');
      expect(output).toMatch(
        /refused user "admin" \(HTTP 401\) \d+ s ago, and was not asked again: .* tried again in \d+ s, other ones at once; these too if you remove .*nutanix-sign-ins.*those of the environment/,
      );
    });
    expect(failed).toBe(0);
    expect(await machine.run('status', 'web-1')).toBe('Running');
  });

  test('nothing below the machine store holds the stale password', () => {
    const forms = formsOf(STALE, 'admin');
    const notes = filesBelow(machine.store);
    expect(notes.filter(({ path }) => path.endsWith('.refused'))).not.toEqual([]);
    expect(notes.filter(({ text }) => forms.some((form) => text.includes(form)))).toEqual([]);
  });

  test('create and nutanix-hosts honour each other’s refusal: one failed sign-in for both', async () => {
    const wrong = machine.withEnvironment({ NUTANIX_PASSWORD: 'also wrong' });
    const file = join(machine.store, 'ten.yaml');
    writeFileSync(file, 'name: ten\ngroups: [{ name: ten, count: 10 }]\n');
    const failed = await refusals(async () => {
      const create = await wrong.attempt('create', '-d', 'nutanix', 'one-more');
      expect(create.output).toMatch(/refused user .*admin.* \(HTTP 401\)/);
      for (const command of [
        ['apply', '-f', file],
        ['orphans', '-f', file],
      ]) {
        const { code, output } = await wrong.startProgram(dist('nutanix-hosts'), ...command).outcome;
        expect(output).toMatch(/refused user "admin" \(HTTP 401\) \d+ s ago/);
        expect(code).not.toBe(0);
      }
    });
    expect(failed).toBe(1);
    await machine.run('rm', '-y', '-f', 'one-more');
  });

  test('ls of five machines that trust another certificate: nothing is sent, and ERRORS says where that is changed', async () => {
    const configs = NAMES.map((name) => join(machine.store, 'machines', name, 'config.json'));
    for (const path of configs) {
      const text = readFileSync(path, 'utf8');
      const changed = text.replaceAll(cloud.simulator.fingerprint, '0'.repeat(64));
      expect(changed).not.toBe(text);
      writeFileSync(path, changed);
    }
    const before = cloud.simulator.snapshot().requests.total;
    const lines = (await machine.run('ls', '--format', '{{.Name}} {{.Error}}')).split('\n');
    expect(cloud.simulator.snapshot().requests.total).toBe(before);
    for (const [index, path] of configs.entries()) {
      expect(lines[index]).toContain(`${NAMES[index] ?? ''} `);
      expect(lines[index]).toContain(`sha256:${cloud.simulator.fingerprint}`);
      expect(lines[index]).toContain(`Driver.Fingerprint or Driver.CAFile in ${path}`);
    }
  });
});
