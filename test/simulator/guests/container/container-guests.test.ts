import { Rig, SPEC, until } from './rig.js';

describe('container guests', () => {
  let rig: Rig;

  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(async () => await rig.stop());

  test('a VM is a container, a volume and a network, all with our labels', async () => {
    await rig.backend.powerOn(SPEC, rig.events);
    expect(rig.running).toBe(true);
    const all = [rig.engine.only.labels, ...rig.engine.volumes.values(), ...rig.engine.networks.values()];
    expect(all).toHaveLength(3);
    for (const labels of all) {
      expect(Object.keys(labels)).toEqual(
        expect.arrayContaining(['prism-simulator.owner', 'prism-simulator.instance']),
      );
    }
  });

  test('powerOff keeps them, and no power-off is told', async () => {
    const guest = await rig.backend.powerOn(SPEC, rig.events);
    await guest.powerOff();
    await guest.powerOff();
    expect(rig.running).toBe(false);
    expect(rig.engine.left()).toHaveLength(3);
    expect(rig.heard).toEqual([]);
  });

  test('the second power-on changes the limits of the same container', async () => {
    await (await rig.backend.powerOn(SPEC, rig.events)).powerOff();
    await rig.backend.powerOn({ ...SPEC, memoryMiB: 2048 }, rig.events);
    expect(rig.count('/update')).toBe(1);
    expect(rig.engine.containers.size).toBe(1);
  });

  test('poweroff inside is told once, and the old Guest has no hand in the next run', async () => {
    const guest = await rig.backend.powerOn(SPEC, rig.events);
    guest.requestShutdown();
    await until(() => rig.heard.length > 0);
    await rig.backend.powerOn(SPEC, rig.events);
    await guest.powerOff();
    await guest.reset();
    guest.requestReboot();
    expect(rig.running).toBe(true);
    expect(rig.heard).toEqual(['off']);
    expect(rig.warnings).toEqual([]);
  });

  test('a reboot starts the container again', async () => {
    const guest = await rig.backend.powerOn(SPEC, rig.events);
    guest.requestReboot();
    await until(() => rig.count('/start') === 2);
    expect(rig.heard).toEqual([]);
  });

  test('reset resolves when the container has been started again', async () => {
    const guest = await rig.backend.powerOn(SPEC, rig.events);
    await guest.reset();
    expect(rig.count('/start')).toBe(2);
    expect(rig.running).toBe(true);
  });

  test('powerOff wins against a reboot under way', async () => {
    const guest = await rig.backend.powerOn(SPEC, rig.events);
    rig.end(129);
    await guest.powerOff();
    expect(rig.running).toBe(false);
    expect(rig.heard).toEqual([]);
  });

  test('powerOff wins also while the engine is starting the container again', async () => {
    const guest = await rig.backend.powerOn(SPEC, rig.events);
    let off: Promise<void> | undefined;
    rig.engine.before = async (request) => {
      if (!request.endsWith('/start')) return;
      off = guest.powerOff();
      await until(() => rig.engine.asked.some((asked) => asked.endsWith('/kill SIGKILL')));
    };
    rig.end(129);
    await until(() => off !== undefined);
    await off;
    expect(rig.running).toBe(false);
    expect(rig.heard).toEqual([]);
  });

  test('a guest that dies is off, and its last words are told', async () => {
    await rig.backend.powerOn(SPEC, rig.events);
    rig.end(1);
    await until(() => rig.heard.length > 0);
    expect(rig.heard).toEqual(['off']);
    expect(rig.warnings.join()).toMatch(/web-1 ended unexpectedly \(1\); its last words: last words/);
  });

  test('a reboot that the engine refuses is a power-off', async () => {
    const guest = await rig.backend.powerOn(SPEC, rig.events);
    rig.engine.fault = (request) =>
      request.endsWith('/start') ? { status: 500, message: 'no room' } : undefined;
    guest.requestReboot();
    await until(() => rig.heard.length > 0);
    expect(rig.heard).toEqual(['off']);
    expect(rig.warnings.join()).toContain('no room');
  });

  test('a broken connection to the engine does not end a guest', async () => {
    await rig.backend.powerOn(SPEC, rig.events);
    await until(() => rig.engine.only.waiting.length > 0);
    rig.engine.hangUp();
    await until(() => rig.engine.only.waiting.length > 1);
    expect(rig.heard).toEqual([]);
    rig.end(130);
    await until(() => rig.heard.length > 0);
    expect(rig.heard).toEqual(['off']);
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
      rig.engine.fault = (request) => (request.endsWith(path) ? { status, message } : undefined);
      const failed = rig.backend.powerOn(SPEC, rig.events);
      await expect(failed).rejects.toThrow(message);
      await expect(failed).rejects.toThrow(advice);
      rig.engine.fault = undefined;
      await rig.backend.remove(SPEC.vmUuid);
      expect(rig.engine.left()).toEqual([]);
    },
  );

  test('after a failure the same VM can be switched on', async () => {
    rig.engine.fault = (request) =>
      request.endsWith('/start') ? { status: 500, message: 'try again later' } : undefined;
    await expect(rig.backend.powerOn(SPEC, rig.events)).rejects.toThrow('try again later');
    rig.engine.fault = undefined;
    await rig.backend.powerOn(SPEC, rig.events);
    expect(rig.running).toBe(true);
  });

  test('close ends every guest and leaves nothing; afterwards none can be switched on', async () => {
    await rig.backend.powerOn(SPEC, rig.events);
    await Promise.all([rig.backend.close(), rig.backend.close()]);
    expect(rig.engine.left()).toEqual([]);
    expect(rig.heard).toEqual([]);
    await expect(rig.backend.powerOn(SPEC, rig.events)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
