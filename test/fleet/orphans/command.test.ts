import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnedVm } from '../../../src/provider/index.js';
import { ENVIRONMENT } from '../declaration/declaration.js';
import { runOrphans, type Choice } from './run-orphans.js';
import { LATE, marked, TemporaryStores } from './stores.js';
import { jsonEvents } from '../ui/reporters/json-events.js';

const stores = new TemporaryStores();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orphans-'));
});
afterEach(() => {
  stores.remove();
  rmSync(folder, { recursive: true });
});

/** With an empty store, unless another is given. */
function run(vms: readonly OwnedVm[], args: readonly string[], choice: Partial<Choice> = {}) {
  return runOrphans(vms, args, { store: stores.make(), ...choice });
}

test('the table: oldest first, without what is known', async () => {
  const store = stores.make({ web: { VMId: 'known' } });
  const vms = [
    marked('22222222-aaaa', { ...LATE, origin: undefined, machineName: undefined, power: 'off' }),
    marked('known', LATE),
    marked('11111111-bbbb', { madeAt: new Date('2019-01-01T00:00:00Z') }),
    marked('33333333-cccc', { madeAt: new Date() }),
  ];
  const { code, out, cloud } = await run(vms, [], { store });
  expect(code).toBe(1);
  expect(out.split('\n').map((line) => line.split(/ {2,}/).filter((cell) => !cell.endsWith('ago')))).toEqual([
    ['VM', 'ID', 'POWER', 'MADE', 'MACHINE', 'BY', 'VERDICT'],
    ['vm-11111111-bbbb', '11111111', 'on', 'vm-11111111-bbbb', 'ci@runner-1', 'orphan'],
    ['vm-22222222-aaaa', '22222222', 'off', 'admin', 'orphan'],
    [
      'vm-33333333-cccc',
      '33333333',
      'on',
      'vm-33333333-cccc',
      'ci@runner-1',
      expect.stringContaining('younger'),
    ],
    ['2 orphans. Another store may know them: ask who made them, then --delete.'],
    [''],
  ]);
  expect(cloud.calls).toEqual(['list', 'close']);
});

test('a machine that is saved while the VMs are being listed is known', async () => {
  const store = stores.make();
  const before = (call: string): void => {
    if (call === 'list') stores.add(store, 'web', { CreationKey: 'key-a' });
  };
  const { code, out } = await run([marked('a', LATE)], [], { store, before });
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringContaining('known to the machine stores: 1') as unknown,
  });
});

test('no orphans: one line', async () => {
  const { code, out } = await run([], []);
  expect({ code, out }).toEqual({
    code: 0,
    out: 'No orphans. VMs with our ownership tag: 0; known to the machine stores: 0.\n',
  });
});

test('JSON: whole ids and times, also when there is none', async () => {
  const { out } = await run([marked('a-long-identity', LATE)], ['--json']);
  expect(jsonEvents(out)[0]).toMatchObject({
    event: 'orphans',
    rows: [
      {
        vm: 'vm-a-long-identity',
        id: 'a-long-identity',
        made: '2020-01-01T00:00:00.000Z',
        creationKey: 'key-a-long-identity',
        verdict: 'orphan',
      },
    ],
  });
  expect((await run([], ['--json'])).out).toContain('"rows":[]');
});

describe('by its former name, leftovers,', () => {
  test('it takes the same options and has the same exit codes', async () => {
    const vms = [marked('a', LATE)];
    const [now, before] = [await run(vms, []), await run(vms, [], { command: 'leftovers' })];
    expect({ code: before.code, out: before.out }).toEqual({ code: now.code, out: now.out });
    const refused = await run(vms, ['--delete'], { command: 'leftovers' });
    expect({ code: refused.code, connections: refused.connections }).toEqual({ code: 2, connections: [] });
  });

  test('its JSON keeps the words that programs know', async () => {
    const { out } = await run([marked('a', LATE)], ['--json'], { command: 'leftovers' });
    expect(jsonEvents(out)[0]).toMatchObject({
      event: 'leftovers',
      rows: [{ vm: 'vm-a', verdict: 'leftover', reason: 'leftover' }],
    });
  });
});

describe('which Prism Central', () => {
  const fileText =
    'name: x\nconnection: { endpoint: from-the-file, password-env: SECRET }\ngroups: [{ name: a }]\n';

  test('the file’s, with its secret from the environment', async () => {
    const file = join(folder, 'hosts.yaml');
    writeFileSync(file, fileText);
    const { connections } = await run([], ['-f', file], {
      environment: { ...ENVIRONMENT, SECRET: 's3cret' },
    });
    expect(connections).toMatchObject([
      { host: 'from-the-file', credentials: { username: 'admin', password: 's3cret' } },
    ]);
  });

  test('the environment’s where no file is', async () => {
    const { NUTANIX_ENDPOINT, NUTANIX_USERNAME, NUTANIX_PASSWORD } = ENVIRONMENT;
    const { connections } = await run([], [], {
      environment: { NUTANIX_ENDPOINT, NUTANIX_USERNAME, NUTANIX_PASSWORD },
    });
    expect(connections).toMatchObject([{ host: 'prism.example' }]);
  });

  test.each([
    [['-f', '/nowhere/hosts.yaml'], /hosts\.yaml:1:1: cannot be read/],
    [[], /NUTANIX_ENDPOINT.*required/],
    [['--older-than', 'week'], /e\.g\. 30m/],
    [['--what'], /unknown option/],
  ])('%j with an empty environment is refused with exit code 2', async (args, text) => {
    const { code, err, connections } = await run([], args, { environment: {} });
    expect({ code, connections }).toEqual({ code: 2, connections: [] });
    expect(err).toMatch(text);
  });
});
