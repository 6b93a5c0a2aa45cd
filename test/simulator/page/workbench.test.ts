import { createEmulatedGuests } from '../../../src/emulator/index.js';
import { PRESET } from '../../../src/simulator/index.js';
import { reasonToRefuse } from '../../../src/simulator/page/workbench/own-page.js';
import { silentLogger, systemClock } from '../../../src/support/index.js';
import { at, listOf, type ApiClient, type Response } from '../api-client.js';
import { started, type Started } from '../running.js';
import { startedVolumes, succeeded } from '../v4/volume/volumes.js';
import { getVm, madeVm, vmBody } from '../vm-bodies.js';

const BENCH = '/simulator/workbench';
const SECRET = 'user-data-secret';

type Headers = Record<string, string>;

/** As the page's own scripts ask. */
function own(simulator: Started['simulator']): Headers {
  return { 'x-simulator-page': '1', origin: simulator.url, 'sec-fetch-site': 'same-origin' };
}

function use(
  { api, simulator }: Started,
  method: string,
  path: string,
  body?: unknown,
  headers: Headers = own(simulator),
): Promise<Response> {
  return api.absolute(method, `${BENCH}${path}`, body, { signIn: false, headers });
}

/** Asks again until the answer is as wanted; the test's time limit is the only one. */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
  }
}

const power = async (api: ApiClient, uuid: string): Promise<unknown> =>
  at(await getVm(api, uuid), 'status', 'resources', 'power_state');

describe('who may use the workbench', () => {
  const ASKED = [
    ['GET', '/connection'],
    ['POST', '/faults'],
    ['DELETE', '/faults'],
    ['POST', '/vms/x/actions/delete'],
    ['POST', '/vms/x/terminal'],
    ['POST', '/terminals/x'],
    ['GET', '/requests/1'],
  ] as const;

  test('pages of other sites may not, nor a foreign name for this address, nor one without the header', async () => {
    const one = await started();
    const { origin = '', ...others } = own(one.simulator);
    const { port } = one.simulator;
    const refused: readonly (readonly [string, Headers])[] = [
      ['no header', { origin }],
      ['another origin', { ...others, origin: 'https://evil.example' }],
      ['another port of this machine', { ...others, origin: 'https://127.0.0.1:1' }],
      ['another scheme', { ...others, origin: origin.replace('https', 'http') }],
      ['no origin to speak of', { ...others, origin: 'null' }],
      ['another site', { ...own(one.simulator), 'sec-fetch-site': 'cross-site' }],
      ['another port, for the browser', { ...own(one.simulator), 'sec-fetch-site': 'same-site' }],
      // DNS rebinding: name and origin agree, and are not ours.
      ['a foreign name', { ...others, host: `evil.example:${port}`, origin: `https://evil.example:${port}` }],
      ['a foreign name that begins like ours', { ...others, host: '127.0.0.1.evil.example', origin }],
    ];
    for (const [reason, headers] of refused) {
      for (const [method, path] of ASKED) {
        const { status, body } = await use(one, method, path, undefined, headers);
        expect([reason, method, path, status]).toEqual([reason, method, path, 403]);
        expect(String(at(body, 'message'))).toContain(`The workbench refuses ${method}`);
      }
    }
    const changing = await use(one, 'POST', '/faults', { title: 'outage' }, others);
    expect(changing.status).toBe(403);
    expect(one.simulator.snapshot().faults).toEqual([]);
  });

  test('no preflight is answered, and no answer lets another origin read it', async () => {
    const one = await started();
    const headers = {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-simulator-page',
    };
    const preflight = await use(one, 'OPTIONS', '/faults', undefined, headers);
    expect(preflight.status).toBeGreaterThanOrEqual(400);
    const answer = await use(one, 'GET', '/connection');
    expect(answer.status).toBe(200);
    for (const { headers: sent } of [preflight, answer])
      expect(Object.keys(sent).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(answer.headers).toMatchObject({ 'cross-origin-resource-policy': 'same-origin' });
  });

  test.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.5', false],
    ['::ffff:10.0.0.5', false],
    ['fe80::1', false],
    ['', false],
  ])('a request from %s: %s', (ip, mayUse) => {
    const headers = { host: 'localhost:9440', origin: 'https://localhost:9440', 'x-simulator-page': '1' };
    const reason = reasonToRefuse({ method: 'POST', ip, headers });
    expect(reason === undefined).toBe(mayUse);
    if (!mayUse) expect(reason).toContain('on the machine where the simulator runs');
  });

  test('localhost and other loopback addresses are this machine', async () => {
    const one = await started();
    const { port } = one.simulator;
    for (const host of [`localhost:${port}`, `127.0.0.9:${port}`, `[::1]:${port}`]) {
      const headers = { ...own(one.simulator), host, origin: `https://${host}` };
      expect([host, (await use(one, 'GET', '/connection', undefined, headers)).status]).toEqual([host, 200]);
    }
  });
});

describe('what to export', () => {
  test('lines that a shell takes, with a password that was made up; names with their options', async () => {
    const one = await started({ sshPort: 2222 });
    const { simulator } = one;
    const { body } = await use(one, 'GET', '/connection');
    const shell = String(at(body, 'shell'));
    for (const [name, value] of Object.entries({
      NUTANIX_ENDPOINT: simulator.host,
      NUTANIX_PORT: simulator.port,
      NUTANIX_PASSWORD: simulator.password,
      NUTANIX_FINGERPRINT: `sha256:${simulator.fingerprint}`,
      NUTANIX_CLUSTER: PRESET.cluster.name,
      NUTANIX_VM_IMAGE: PRESET.image.name,
      NUTANIX_VM_NETWORK: PRESET.managedSubnet.name,
      NUTANIX_SSH_PORT: 2222,
    }))
      expect(shell).toContain(`export ${name}=${String(value)}\n`);
    const names: Record<string, string> = Object.fromEntries(
      listOf(at(body, 'names')).map((list) => [
        String(at(list, 'option')),
        JSON.stringify(at(list, 'names')),
      ]),
    );
    expect(names['--nutanix-cluster']).toContain('DR-Cluster');
    expect(names['--nutanix-vm-image']).toContain('debian-12-cloudimg');
    expect(names['--nutanix-vm-network']).toContain('vpc-overlay');
    expect(names['--nutanix-project']).toContain('docker-hosts');
    expect(names['--nutanix-vm-categories']).toMatch(/Environment=\w+/);
  });

  test.each([
    ['a password that was given', { password: 'very-secret' }],
    ['guests that have rights on this machine', { guests: foreignGuests() }],
  ])('%s: the password is not shown', async (_, options) => {
    const one = await started(options);
    const { body } = await use(one, 'GET', '/connection');
    expect(JSON.stringify(body)).not.toContain(one.simulator.password);
    expect(String(at(body, 'shell'))).not.toContain('PASSWORD');
    expect(String(at(body, 'note'))).toContain('NUTANIX_PASSWORD is not shown');
  });
});

describe('details', () => {
  test('a VM: devices, owner, user data without secrets, what was done to it', async () => {
    const one = await started();
    const userData = Buffer.from(`#cloud-config\nhostname: web-1\npassword: ${SECRET}\n`).toString('base64');
    const uuid = await madeVm(
      one.api,
      vmBody(
        { power_state: 'ON', guest_customization: { cloud_init: { user_data: userData } } },
        { description: 'my host [made by alice@build-7 for web-1] [driver 1a2b]' },
        { categories: { Environment: 'Dev' } },
      ),
    );
    const { body } = await use(one, 'GET', `/vms/${uuid}`);
    expect(body).toMatchObject({
      name: 'web-1',
      power: 'ON',
      cluster: 'PC-Cluster',
      description: 'my host',
      ownerTags: ['made by alice@build-7 for web-1', 'driver 1a2b'],
      disks: [
        { slot: 'scsi.0', type: 'disk', sizeBytes: 2 ** 31, from: 'ubuntu-22.04-cloudimg' },
        { slot: 'ide.0' },
      ],
      nics: [{ subnet: 'vm-network', addresses: [{ ip: '127.77.0.10', learned: false }] }],
      tasks: [{ operation: 'create_vm_intentful', status: 'SUCCEEDED' }],
      hasTerminal: false,
    });
    expect(String(at(body, 'userData'))).toContain('hostname: web-1');
    expect(JSON.stringify(body)).not.toContain(SECRET);
    expect((await use(one, 'GET', '/vms/nope')).status).toBe(404);
  });

  test('a request: both messages, without what is secret in them', async () => {
    const one = await started({ password: 'very-secret' });
    const userData = Buffer.from(`#!/bin/sh\nPASSWORD=${SECRET}\necho hello`).toString('base64');
    await madeVm(one.api, vmBody({ guest_customization: { cloud_init: { user_data: userData } } }));
    const { body } = await use(one, 'GET', '/requests/1');
    expect(body).toMatchObject({
      number: 1,
      method: 'POST',
      status: 202,
      username: 'admin',
      route: 'POST /vms',
    });
    expect(String(at(body, 'asked', 'body'))).toContain('"num_sockets": 2');
    expect(String(at(body, 'asked', 'body'))).toContain('echo hello');
    expect(String(at(body, 'answered', 'body'))).toContain('"state": "PENDING"');
    expect(at(body, 'asked', 'headers')).toContainEqual(['authorization', '(hidden)']);
    expect(at(body, 'answered', 'headers')).toContainEqual(['set-cookie', '(hidden)']);
    const text = JSON.stringify(body);
    const authorization = one.api.authorization.slice('Basic '.length);
    for (const hidden of [SECRET, userData, 'very-secret', authorization]) expect(text).not.toContain(hidden);
    expect(JSON.stringify(one.simulator.snapshot())).not.toContain('num_sockets');
  });

  test('a body that is too large is not kept, and of many only the latest are', async () => {
    const one = await started();
    await one.api.call('POST', '/vms', { filler: 'x'.repeat(70_000) });
    for (let count = 0; count < 500; count += 1) await one.api.call('GET', '/versions');
    const gone = await use(one, 'GET', '/requests/1');
    expect(gone.status).toBe(404);
    await one.api.call('POST', '/vms', { filler: 'x'.repeat(70_000) });
    const { body } = await use(one, 'GET', '/requests/502');
    expect(at(body, 'asked', 'body')).toBeUndefined();
    expect(String(at(body, 'asked', 'note'))).toMatch(/^70,\d+ bytes: too many to be kept$/);
  });

  test('a task, and a volume group with those who hold it', async () => {
    const { client } = await startedVolumes();
    const [vm, group] = [
      await client.vm('db-1'),
      await client.group({ iscsiFeatures: { targetSecret: 'target-secret-123' } }),
    ];
    const attached = await client.act(group, 'attach-vm', { extId: vm });
    succeeded(attached);
    const ask = async (path: string): Promise<unknown> =>
      (
        await client.v4.older.absolute('GET', `${BENCH}${path}`, undefined, {
          signIn: false,
          headers: { 'x-simulator-page': '1' },
        })
      ).body;
    const details = await ask(`/volume-groups/${group}`);
    expect(details).toMatchObject({
      name: 'docker-data1',
      sharing: 'one at a time',
      vms: [{ name: 'db-1', slot: 'scsi.0' }],
      clients: [],
      disks: [{ index: 0, sizeBytes: 2 ** 30 }],
      tasks: [{ operation: 'VolumeGroupAttachVm' }, { operation: 'VolumeGroupCreate' }],
    });
    expect(JSON.stringify(details)).not.toContain('target-secret');
    const [task] = listOf(at(details, 'tasks'));
    expect(await ask(`/tasks/${String(at(task, 'uuid'))}`)).toMatchObject({
      operation: 'VolumeGroupAttachVm',
      owner: 'admin',
      entities: [{ kind: 'volume_group', name: 'docker-data1' }, { kind: 'vm' }],
    });
  });
});

describe('what can be done', () => {
  test('power, as somebody does it in Prism: a task, seen by clients', async () => {
    const one = await started();
    const uuid = await madeVm(one.api);
    const act = async (action: string): Promise<Response> =>
      use(one, 'POST', `/vms/${uuid}/actions/${action}`);
    const revision = async (): Promise<unknown> => at(await getVm(one.api, uuid), 'metadata', 'spec_version');
    const before = await revision();
    expect((await act('power-on')).status).toBe(202);
    await until(
      () => power(one.api, uuid),
      (state) => state === 'ON',
    );
    expect(await revision()).not.toBe(before);
    for (const [action, state] of [
      ['reset', 'ON'],
      ['shutdown', 'OFF'],
      ['power-on', 'ON'],
      ['power-off', 'OFF'],
    ] as const) {
      expect((await act(action)).status).toBe(202);
      await until(
        () => power(one.api, uuid),
        (now) => now === state,
      );
    }
    // What does not fit fails in its task, and leaves the VM as it is.
    await act('power-off');
    const { body } = await until(
      () => use(one, 'GET', `/vms/${uuid}`),
      (answer) => at(answer.body, 'tasks', 0, 'status') === 'FAILED',
    );
    expect(at(body, 'tasks', 0, 'error')).toBe('VM web-1 is not powered on');
    expect((await act('explode')).status).toBe(404);
    expect((await act('constructor')).status).toBe(404);

    await act('delete');
    await until(
      () => one.api.call('GET', `/vms/${uuid}`),
      ({ status }) => status === 404,
    );
    expect(one.simulator.vms()).toEqual([]);
  });

  test('every fault that is ready is a rule; it can be limited and cleared', async () => {
    const one = await started();
    const { body } = await use(one, 'GET', '/connection');
    const titles = listOf(at(body, 'faults')).map((fault) => String(at(fault, 'title')));
    expect(titles.length).toBeGreaterThan(12);
    for (const title of titles)
      expect((await use(one, 'POST', '/faults', { title, times: 1 })).status).toBe(201);
    expect(one.simulator.snapshot().faults.map(({ name }) => name)).toEqual(titles);
    expect((await use(one, 'DELETE', '/faults')).status).toBe(200);
    await use(one, 'POST', '/faults', { title: 'outage', times: 1 });
    expect((await one.api.call('GET', '/versions')).status).toBe(503);
    expect((await one.api.call('GET', '/versions')).status).toBe(200);
    expect((await use(one, 'DELETE', '/faults/outage')).status).toBe(200);
    expect((await use(one, 'DELETE', '/faults/outage')).status).toBe(404);
    expect((await use(one, 'POST', '/faults', { title: 'earthquake' })).status).toBe(404);
    const wrong = await use(one, 'POST', '/faults', { title: 'outage', times: 0 });
    expect([wrong.status, String(at(wrong.body, 'message'))]).toEqual([
      422,
      expect.stringContaining('times'),
    ]);
  });

  test('a terminal wants a guest with a console', async () => {
    const one = await started();
    const uuid = await madeVm(one.api, vmBody({ power_state: 'ON' }));
    const { status, body } = await use(one, 'POST', `/vms/${uuid}/terminal`);
    expect([status, String(at(body, 'message'))]).toEqual([
      409,
      expect.stringContaining('has no terminal here'),
    ]);
    expect((await use(one, 'POST', '/terminals/nope')).status).toBe(404);
  });
});

function foreignGuests(): ReturnType<typeof createEmulatedGuests> {
  const guests = createEmulatedGuests({ sshPort: 22_022, clock: systemClock, logger: silentLogger });
  return Object.assign(guests, { kind: 'container' });
}
