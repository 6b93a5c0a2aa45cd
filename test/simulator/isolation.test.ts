import { at } from './api-client.js';
import { HeldClock } from './held-clock.js';
import { RecordingGuests } from './recording-guests.js';
import { started } from './running.js';
import { madeVm, vmBody } from './vm-bodies.js';

describe('two simulators in one process', () => {
  test('share nothing', async () => {
    const [one, other] = [await started({ password: 'a' }), await started({ password: 'b' })];
    one.simulator.addFault({ name: 'x', match: { path: '/versions' }, do: { status: 500 } });
    await one.api.call('PUT', '/categories/only-here', { name: 'only-here' });
    const uuid = await madeVm(one.api);
    expect((await other.api.call('GET', `/vms/${uuid}`)).status).toBe(404);
    expect((await other.api.call('GET', '/versions')).status).toBe(200);
    expect((await other.api.call('GET', '/categories/only-here')).status).toBe(404);
    expect(other.simulator.vms()).toEqual([]);
    expect(other.simulator.requestCounts()).toEqual({
      'GET /vms/:uuid': 1,
      'GET /versions': 1,
      'GET /categories/:name': 1,
    });
    expect(one.simulator.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('addresses', () => {
  test.each([
    ['::1', 'https://[::1]:'],
    ['0.0.0.0', 'https://127.0.0.1:'],
  ])('listening on %s', async (host, url) => {
    const { selfSignedCertificate } = await import('../../src/simulator/index.js');
    const { simulator, api } = await started({ host, certificate: selfSignedCertificate(host) });
    expect(simulator.url.startsWith(url)).toBe(true);
    expect((await api.call('GET', '/versions')).status).toBe(200);
  });
});

test('more requests a second than allowed get 429, until time has passed', async () => {
  const clock = new HeldClock();
  const { api } = await started({ clock, requestsPerSecond: 2 });
  const statuses = async (): Promise<number[]> => [
    (await api.call('GET', '/versions')).status,
    (await api.call('GET', '/versions')).status,
    (await api.call('GET', '/versions')).status,
  ];
  expect(await statuses()).toEqual([200, 200, 429]);
  await clock.advance(500);
  expect(await statuses()).toEqual([200, 429, 429]);
  await clock.advance(60_000);
  expect(await statuses()).toEqual([200, 200, 429]);
});

describe('closing', () => {
  test('stops work where it is, answers nobody any more, and frees the port', async () => {
    const guests = new RecordingGuests();
    const { api, simulator } = await started({ guests, profile: 'real' });
    const waiting = api.call('GET', '/versions').then(
      () => 'answered',
      () => 'broken',
    );
    await api.call('POST', '/vms', vmBody({ power_state: 'ON' }));
    await simulator.close();
    expect(['answered', 'broken']).toContain(await waiting);
    await expect(api.call('GET', '/versions')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
    expect(guests.asked).toEqual(['close']);
    const again = await started({ port: simulator.port });
    expect(again.simulator.port).toBe(simulator.port);
  });

  test('a guest that comes up while it closes is powered off', async () => {
    const guests = new RecordingGuests();
    const boot = guests.powerOn.bind(guests);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    guests.powerOn = async (spec, events) => {
      const guest = await boot(spec, events);
      await held;
      return guest;
    };
    const { api, simulator } = await started({ guests });
    await api.call('POST', '/vms', vmBody({ power_state: 'ON' }));
    while (guests.asked.length === 0) await new Promise(setImmediate);
    const closed = simulator.close();
    release();
    await closed;
    expect(guests.asked).toEqual(['powerOn web-1', 'powerOff web-1', 'close']);
  });
});

describe('GET /simulator/state', () => {
  test('shows everything but secrets, without credentials', async () => {
    const { api, simulator } = await started({ password: 'very-secret', apiKey: 'key-secret' });
    await api.call('POST', '/idempotence_identifiers', { client_identifier: 'me', count: 1 });
    const secret = Buffer.from('user-data-secret').toString('base64');
    await madeVm(
      api,
      vmBody({ power_state: 'ON', guest_customization: { cloud_init: { user_data: secret } } }),
    );
    const { status, body } = await api.absolute('GET', '/simulator/state', undefined, { signIn: false });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      guests: 'none',
      vms: [{ name: 'web-1', power: 'ON', state: 'COMPLETE', cluster: 'PC-Cluster' }],
      reservations: [{ clientIdentifier: 'me' }],
      tasks: [{ operation: 'create_vm_intentful', status: 'SUCCEEDED' }],
      requests: { counts: { 'POST /vms': 1 } },
    });
    expect(at(body, 'vms', 0, 'addresses', 0)).toEqual({ ip: '127.77.0.10', type: 'ASSIGNED' });
    const text = JSON.stringify(body);
    for (const hidden of [
      'very-secret',
      'key-secret',
      secret,
      'user-data-secret',
      'NTNX_IAM_SESSION',
      'Basic ',
    ]) {
      expect(text).not.toContain(hidden);
    }
    expect(simulator.vms().map(({ uuid }) => uuid)).toEqual([at(body, 'vms', 0, 'uuid')]);
  });
});
