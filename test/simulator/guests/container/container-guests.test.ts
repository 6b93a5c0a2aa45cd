import { createContainerGuests } from '../../../../src/simulator/guests/container/index.js';
import type { GuestBackend, GuestEvents, GuestSpec } from '../../../../src/simulator/guests/index.js';
import { systemClock, type Logger } from '../../../../src/support/index.js';
import { FakeEngine } from './fake-engine.js';

const SPEC: GuestSpec = {
  vmUuid: '0f3c5a1e-1111-4222-8333-444455556666',
  name: 'web-1',
  userData: undefined,
  metaData: undefined,
  memoryMiB: 1024,
  cpus: 1,
  nics: [
    {
      uuid: 'n1',
      macAddress: '50:6b:8d:01:02:03',
      address: '10.9.0.10',
      prefixLength: 24,
      subnetUuid: 's1',
      gateway: '10.9.0.1',
    },
  ],
  disks: [],
};
const UNMANAGED = {
  uuid: 'n2',
  macAddress: '50:6b:8d:01:02:04',
  address: undefined,
  prefixLength: undefined,
};

describe('container guests', () => {
  let engine: FakeEngine;
  let backend: GuestBackend;
  let warnings: string[];
  let heard: string[];

  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (line) => warnings.push(line),
  };
  const events: GuestEvents = {
    addressLearned: (nic, ip) => heard.push(`${nic} has ${ip}`),
    poweredOff: () => heard.push('off'),
  };
  const starts = (): number => engine.asked.filter((request) => request.endsWith('/start')).length;
  const running = (): boolean => engine.only.running;
  const name = (): string => [...engine.containers.keys()][0] ?? '';

  beforeEach(async () => {
    warnings = [];
    heard = [];
    engine = await new FakeEngine().start();
    backend = await createContainerGuests({ dockerHost: engine.dockerHost, clock: systemClock, logger });
  });
  afterEach(async () => {
    engine.fault = undefined;
    await backend.close();
    await engine.stop();
  });

  test('a VM is a container, a volume and a network, all with our labels', async () => {
    await backend.powerOn(SPEC, events);
    expect(running()).toBe(true);
    const all = [engine.only.labels, ...engine.volumes.values(), ...engine.networks.values()];
    expect(all).toHaveLength(3);
    for (const labels of all) {
      expect(Object.keys(labels)).toEqual(
        expect.arrayContaining(['prism-simulator.owner', 'prism-simulator.instance']),
      );
    }
  });

  test('powerOff keeps them, and no power-off is told', async () => {
    const guest = await backend.powerOn(SPEC, events);
    await guest.powerOff();
    await guest.powerOff();
    expect(running()).toBe(false);
    expect(engine.left()).toHaveLength(3);
    expect(heard).toEqual([]);
  });

  test('the second power-on changes the limits of the same container', async () => {
    await (await backend.powerOn(SPEC, events)).powerOff();
    await backend.powerOn({ ...SPEC, memoryMiB: 2048 }, events);
    expect(engine.asked.filter((request) => request.endsWith('/update'))).toHaveLength(1);
    expect(engine.containers.size).toBe(1);
  });

  test('poweroff inside is told once, and the old Guest has no hand in the next run', async () => {
    const guest = await backend.powerOn(SPEC, events);
    guest.requestShutdown();
    await until(() => heard.length > 0);
    await backend.powerOn(SPEC, events);
    await guest.powerOff();
    await guest.reset();
    guest.requestReboot();
    expect(running()).toBe(true);
    expect(heard).toEqual(['off']);
    expect(warnings).toEqual([]);
  });

  test('a reboot starts the container again', async () => {
    const guest = await backend.powerOn(SPEC, events);
    guest.requestReboot();
    await until(() => starts() === 2);
    expect(heard).toEqual([]);
  });

  test('reset resolves when the container has been started again', async () => {
    const guest = await backend.powerOn(SPEC, events);
    await guest.reset();
    expect(starts()).toBe(2);
    expect(running()).toBe(true);
  });

  test('powerOff wins against a reboot under way', async () => {
    const guest = await backend.powerOn(SPEC, events);
    engine.end(name(), 129);
    await guest.powerOff();
    expect(running()).toBe(false);
    expect(heard).toEqual([]);
  });

  test('a guest that dies is off, and its last words are told', async () => {
    await backend.powerOn(SPEC, events);
    engine.end(name(), 1);
    await until(() => heard.length > 0);
    expect(heard).toEqual(['off']);
    expect(warnings.join()).toMatch(/web-1 ended unexpectedly \(1\); its last words: last words/);
  });

  test('a reboot that the engine refuses is a power-off', async () => {
    const guest = await backend.powerOn(SPEC, events);
    engine.fault = (request) =>
      request.endsWith('/start') ? { status: 500, message: 'no room' } : undefined;
    guest.requestReboot();
    await until(() => heard.length > 0);
    expect(heard).toEqual(['off']);
    expect(warnings.join()).toContain('no room');
  });

  test('a broken connection to the engine does not end a guest', async () => {
    await backend.powerOn(SPEC, events);
    await until(() => engine.only.waiting.length > 0);
    engine.hangUp();
    await until(() => engine.only.waiting.length > 1);
    expect(heard).toEqual([]);
    engine.end(name(), 130);
    await until(() => heard.length > 0);
    expect(heard).toEqual(['off']);
  });

  test('the address of a card without one is told at each boot', async () => {
    const guest = await backend.powerOn({ ...SPEC, nics: [UNMANAGED] }, events);
    expect(heard).toEqual(['n2 has 10.9.0.7']);
    await guest.reset();
    expect(heard).toHaveLength(2);
  });

  test('a subnet without addresses gets some that nobody has', async () => {
    let taken = 3;
    engine.fault = (request) =>
      request.endsWith('/networks/create') && taken-- > 0
        ? { status: 403, message: 'Pool overlaps with other one on this address space' }
        : undefined;
    await backend.powerOn({ ...SPEC, nics: [UNMANAGED] }, events);
    expect(engine.asked.filter((request) => request.endsWith('/networks/create'))).toHaveLength(4);
    expect(running()).toBe(true);
  });

  test('a card that is gone at the next power-on takes its network along', async () => {
    await (await backend.powerOn({ ...SPEC, nics: [...SPEC.nics, UNMANAGED] }, events)).powerOff();
    expect(engine.networks.size).toBe(2);
    await backend.powerOn(SPEC, events);
    expect(engine.networks.size).toBe(1);
  });

  test('VMs of one subnet share its network, and the last one takes it along', async () => {
    const other = { ...SPEC, vmUuid: '0f3c5a1e-1111-4222-8333-444455556667' };
    await Promise.all([backend.powerOn(SPEC, events), backend.powerOn(other, events)]);
    expect(engine.networks.size).toBe(1);
    await backend.remove(SPEC.vmUuid);
    expect(engine.networks.size).toBe(1);
    await backend.remove(other.vmUuid);
    expect(engine.left()).toEqual([]);
  });

  test('two cards on one subnet are refused', async () => {
    const [nic] = SPEC.nics;
    if (nic === undefined) throw new Error('no card');
    const twice = { ...SPEC, nics: [nic, { ...nic, uuid: 'n3', address: '10.9.0.11' }] };
    await expect(backend.powerOn(twice, events)).rejects.toMatchObject({ code: 'unsupported' });
    await backend.remove(SPEC.vmUuid);
    expect(engine.left()).toEqual([]);
  });

  test.each([
    [
      '/networks/create',
      403,
      'Pool overlaps with other one on this address space',
      'end the other simulator',
    ],
    ['/containers/create', 500, 'no space left on device', 'Make room'],
    ['/start', 403, 'Address already in use', 'the gateway of the subnet'],
  ])(
    'what the engine says at %s reaches the person, and nothing stays',
    async (path, status, message, advice) => {
      engine.fault = (request) => (request.endsWith(path) ? { status, message } : undefined);
      const failed = backend.powerOn(SPEC, events);
      await expect(failed).rejects.toThrow(message);
      await expect(failed).rejects.toThrow(advice);
      engine.fault = undefined;
      await backend.remove(SPEC.vmUuid);
      expect(engine.left()).toEqual([]);
    },
  );

  test('after a failure the same VM can be switched on', async () => {
    engine.fault = (request) =>
      request.endsWith('/start') ? { status: 500, message: 'try again later' } : undefined;
    await expect(backend.powerOn(SPEC, events)).rejects.toThrow('try again later');
    engine.fault = undefined;
    await backend.powerOn(SPEC, events);
    expect(running()).toBe(true);
  });

  test('close ends every guest and leaves nothing; afterwards none can be switched on', async () => {
    await backend.powerOn(SPEC, events);
    await Promise.all([backend.close(), backend.close()]);
    expect(engine.left()).toEqual([]);
    expect(heard).toEqual([]);
    await expect(backend.powerOn(SPEC, events)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

/** Resolves when `condition` holds; the engine is in this process, so that it soon does. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
