import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFleet, type FleetSurroundings } from '../../../src/fleet/index.js';
import type { Connection, MarkedVm, Provider } from '../../../src/provider/index.js';
import { OperationError, systemClock } from '../../../src/support/index.js';
import { ENVIRONMENT } from '../declaration.js';
import { FakeCloud } from './fake-cloud.js';
import { marked, TemporaryStores } from './stores.js';

const stores = new TemporaryStores();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
});
afterEach(() => {
  stores.remove();
  rmSync(folder, { recursive: true });
});

interface Choice {
  readonly environment?: Readonly<Record<string, string>>;
  /** What the person answers; undefined = there is no terminal. */
  readonly answer?: string;
  readonly store?: string;
  readonly before?: FakeCloud['before'];
  readonly stop?: AbortSignal;
}

/** One run of the program against these VMs. */
async function run(vms: readonly MarkedVm[], args: readonly string[], choice: Choice = {}) {
  const { environment = ENVIRONMENT, answer, store = stores.make() } = choice;
  const cloud = new FakeCloud(vms);
  if (choice.before !== undefined) cloud.before = choice.before;
  const connections: Connection[] = [];
  const questions: string[] = [];
  const text = { out: '', err: '' };
  const never = new AbortController().signal;
  const surroundings: FleetSurroundings = {
    args: ['leftovers', ...args],
    version: '0',
    environment: { ...environment, MACHINE_STORAGE_PATH: store },
    clock: systemClock,
    out: { isTerminal: false, columns: () => 80, write: (more) => void (text.out += more) },
    complain: (line) => void (text.err += `${line}\n`),
    ask:
      answer === undefined
        ? undefined
        : (question) => {
            questions.push(question);
            return Promise.resolve(answer);
          },
    connect: (connection) => {
      connections.push(connection);
      return Promise.resolve(providerOf(cloud));
    },
    stop: choice.stop ?? never,
    kill: never,
  };
  const code = await runFleet(surroundings);
  return { code, cloud, connections, questions, ...text };
}

/** Whatever else a provider can do is no business of this command. */
function providerOf(cloud: FakeCloud): Provider & FakeCloud {
  const refused = (): Promise<never> => Promise.reject(new Error('not to be called'));
  const others = {
    resolve: refused,
    issueCreationKey: refused,
    create: refused,
    find: refused,
    powerOn: refused,
    requestShutdown: refused,
    requestReboot: refused,
    powerOff: refused,
    reset: refused,
  };
  return Object.assign(cloud, others);
}

const LATE = { madeAt: new Date('2020-01-01T00:00:00Z') };

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
    ['vm-11111111-bbbb', '11111111', 'on', 'vm-11111111-bbbb', 'ci@runner-1', 'leftover'],
    ['vm-22222222-aaaa', '22222222', 'off', 'admin', 'leftover'],
    [
      'vm-33333333-cccc',
      '33333333',
      'on',
      'vm-33333333-cccc',
      'ci@runner-1',
      expect.stringContaining('younger'),
    ],
    ['2 VMs left over. Another store may know them: ask who made them, then --delete.'],
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

test('nothing left over: one line', async () => {
  const { code, out } = await run([], []);
  expect({ code, out }).toEqual({
    code: 0,
    out: 'No leftovers. VMs with our marks: 0; known to the machine stores: 0.\n',
  });
});

test('JSON: whole ids and times, also when there is none', async () => {
  const { out } = await run([marked('a-long-identity', LATE)], ['--json']);
  expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({
    event: 'leftovers',
    rows: [
      {
        vm: 'vm-a-long-identity',
        id: 'a-long-identity',
        made: '2020-01-01T00:00:00.000Z',
        creationKey: 'key-a-long-identity',
        verdict: 'leftover',
      },
    ],
  });
  expect((await run([], ['--json'])).out).toContain('"rows":[]');
});

describe('--delete', () => {
  const VMS = [marked('a', LATE), marked('b', { madeAt: new Date() })];

  test.each([
    ['yes', 0, ['remove a key-a']],
    [' YES ', 0, ['remove a key-a']],
    ['y', 1, []],
    ['', 1, []],
  ])('the answer %j', async (answer, code, removed) => {
    const result = await run(VMS, ['--delete'], { answer });
    expect({ code: result.code, removed: result.cloud.removed() }).toEqual({ code, removed });
    expect(result.questions).toEqual([expect.stringMatching(/^Delete vm-a \(a\) with all/)]);
  });

  test('many are not all named in the question, and no name reaches the terminal as it is', async () => {
    const vms = Array.from({ length: 12 }, (_, n) => marked(`n${n}`, { ...LATE, name: `\u001b[2Kvm\r${n}` }));
    const { questions } = await run(vms, ['--delete'], { answer: 'no' });
    expect(questions).toEqual([
      expect.stringMatching(/^Delete vm 0 \(n0\),.* vm 9 \(n9\) and 2 more with all/),
    ]);
  });

  test('without a terminal and --yes it is refused before anything is asked of the cloud', async () => {
    const { code, err, connections } = await run(VMS, ['--delete']);
    expect({ code, err, connections }).toMatchObject({ code: 2, connections: [] });
    expect(err).toContain('--yes');
  });

  test('--yes and --older-than', async () => {
    const { code, out, cloud } = await run(VMS, ['--delete', '--yes', '--older-than', '0s']);
    expect({ code, removed: cloud.removed() }).toEqual({
      code: 0,
      removed: ['remove a key-a', 'remove b key-b'],
    });
    expect(out).toContain('2 VMs deleted, 0 left alone, 0 failed.');
  });

  test.each([
    ['there is no store', (): string => join(folder, 'nowhere'), 2, 'there is no machine store'],
    ['a configuration is broken', (): string => stores.make({ web: '{' }), 1, 'cannot be understood'],
  ])('%s: nothing is deleted', async (_, store, code, text) => {
    const result = await run(VMS, ['--delete', '--yes'], { store: store() });
    expect({ code: result.code, removed: result.cloud.removed() }).toEqual({ code, removed: [] });
    expect(result.out).toContain(text);
  });

  test('one that fails is exit code 1, and the others are deleted', async () => {
    const before = (call: string): void => {
      if (call.startsWith('remove a')) throw new Error('no');
    };
    const vms = [...VMS, marked('c', LATE)];
    const { code, out, cloud } = await run(vms, ['--delete', '--yes'], { before });
    expect({ code, left: cloud.vms.map(({ id }) => id) }).toEqual({ code: 1, left: ['a', 'b'] });
    expect(out).toContain('1 VM deleted, 0 left alone, 1 failed.');
    expect(cloud.calls.at(-1)).toBe('close');
  });

  test('Ctrl-C: what was done and what was not is said', async () => {
    const stopper = new AbortController();
    const before = (call: string): void => {
      if (call.startsWith('remove n0')) stopper.abort();
    };
    const vms = Array.from({ length: 7 }, (_, number) => marked(`n${number}`, LATE));
    const { code, out } = await run(vms, ['--delete', '--yes'], { before, stop: stopper.signal });
    expect(code).toBe(130);
    expect(out).toMatch(/VMs? deleted, 0 left alone, \d failed\.\nwarning: interrupted; 2 not begun/);
  });

  test('a cloud that cannot be asked is exit code 1', async () => {
    const before = (): void => {
      throw new OperationError({ code: 'unreachable', attempted: 'list the VMs', problem: 'no route' });
    };
    const { code, err, cloud } = await run(VMS, ['--delete', '--yes'], { before });
    expect({ code, err, calls: cloud.calls }).toEqual({
      code: 1,
      err: 'list the VMs: no route\n',
      calls: ['list', 'close'],
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
