import { DUMMY_PLUGIN, FleetingHost, HOST_VERSIONS, type HostVersion } from './host.js';

/** What stands against GitLab's own plugin stands for our tests of ours: the host itself is right. */
describe.each(HOST_VERSIONS)("GitLab's plugin at GitLab's host, version %s", (version: HostVersion) => {
  test.each([
    ['as GitLab Runner starts it', false],
    ['with AutoMTLS', true],
  ])('%s: all calls', async (_how, autoMtls) => {
    const host = new FleetingHost(DUMMY_PLUGIN, { version });
    await host.start({ MaxSize: 4 }, autoMtls);
    expect(await host.init({ username: 'ci', password: 'secret' })).toMatchObject({
      ID: 'dummy/dummy',
      MaxSize: 4,
    });
    expect(await host.increase(2)).toBe(2);
    const [first, second] = await host.update();
    expect([first?.state, second?.state]).toEqual(['creating', 'creating']);
    const id = first?.id ?? '';
    expect(await host.connectInfo(id)).toMatchObject({
      id,
      connector: { username: 'ci', password: 'secret' },
    });
    expect(await host.decrease(id)).toEqual([id]);
    await expect(host.decrease('nobody')).rejects.toThrow('instance ("nobody") not found');
    const heartbeat = host.heartbeat(second?.id ?? '');
    if (version === '2026') await heartbeat;
    else await expect(heartbeat).rejects.toThrow(/no (call H|h)eartbeat/);
    await host.shutdown();
    await host.close();
    expect(host.log).toContain('dummy shutdown called');
  });
});

test('the provisioner makes two instances by it, and removes one', async () => {
  const host = new FleetingHost(DUMMY_PLUGIN);
  await host.start({ MaxSize: 4, SimulateDeleting: true });
  await host.provision({ count: 3, intervalMs: 50 });
  await host.request(2);
  const [one = ''] = await host.seen('creating', 2);
  expect(await host.capacity()).toMatchObject({ Creating: 2, Pending: 0, Requested: 0, Max: 3 });
  await host.delete(one);
  expect(await host.seen('deleted')).toEqual([one]);
  expect(await host.instances()).toHaveLength(1);
  await host.stop();
  await host.close();
});
