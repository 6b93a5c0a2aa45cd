import { PRESET } from '../../src/simulator/index.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { startProxy } from './connect-proxy.js';

describe('the way to Prism Central', () => {
  test.each([
    ['an IPv6 address with a port', (port: number) => `[::1]:${port}`],
    ['the URL that a browser shows', (port: number) => `https://[::1]:${port}/console/#login`],
  ])('may be %s', async (_what, endpoint) => {
    const cloud = await Cloud.start({ host: '::1' });
    try {
      const machine = cloud.machine({
        NUTANIX_ENDPOINT: endpoint(cloud.simulator.port),
        NUTANIX_PORT: undefined,
        NUTANIX_WAIT_FOR: 'ip',
      });
      await machine.run('create', '-d', 'nutanix', 'six-1');
      expect(await machine.run('status', 'six-1')).toBe('Running');
      await machine.run('rm', '-y', 'six-1');
      expect(cloud.left()).toEqual(NOTHING_LEFT);
    } finally {
      await cloud.close();
    }
  });

  test('goes through HTTPS_PROXY, but not where NO_PROXY says so; a proxy that refuses is named', async () => {
    const cloud = await Cloud.start();
    const proxy = await startProxy('user', 'secret-of-the-proxy');
    try {
      const address = `127.0.0.1:${proxy.port}`;
      const create = async (env: Record<string, string>) =>
        await cloud
          .machine(env)
          .attempt('create', '-d', 'nutanix', '--nutanix-vm-image', 'no-such-image', 'p-1');
      const through = await create({
        HTTPS_PROXY: `http://user:secret-of-the-proxy@${address}`,
        NO_PROXY: '',
      });
      expect(through.output).toContain('there is no image of that name');
      const tunnels = proxy.requests.length;
      expect(tunnels).toBeGreaterThan(0);
      const beside = await create({ HTTPS_PROXY: `http://${address}`, NO_PROXY: 'localhost,127.0.0.1' });
      expect(beside.output).toContain('there is no image of that name');
      expect(proxy.requests).toHaveLength(tunnels);
      const refused = await create({ HTTPS_PROXY: `http://user:wrong@${address}`, NO_PROXY: '' });
      expect(refused.output).toMatch(
        /through the proxy .*: the proxy refused: it wants a user name and password/,
      );
      expect(refused.output).not.toContain('wrong');
    } finally {
      await proxy.close();
      await cloud.close();
    }
  });
});

test('an address that changes with a restart is stored, and the person is told to renew the certificates', async () => {
  let boots = 0;
  const cloud = await Cloud.start({}, () => ({ newAddress: (boots += 1) > 1 }));
  try {
    const machine = cloud.machine({
      NUTANIX_VM_NETWORK: PRESET.unmanagedSubnet.name,
      NUTANIX_IP_NETWORK: `${cloud.networks.own}.0.0/16`,
    });
    await machine.run('create', '-d', 'nutanix', 'moved-1');
    const before = await machine.run('ip', 'moved-1');
    await machine.run('stop', 'moved-1');
    const { output } = await machine.attempt('start', 'moved-1');
    const after = await machine.run('ip', 'moved-1');
    expect(after).not.toBe(before);
    expect(output).toContain(
      `the address has changed from ${before} to ${after}: run "docker-machine regenerate-certs moved-1"`,
    );
    expect(await machine.run('ssh', 'moved-1', 'hostname')).toBe('moved-1');
    await machine.run('regenerate-certs', '-f', 'moved-1');
    expect(await machine.run('ls', '--format', '{{.State}} {{.URL}}{{.Error}}')).toBe(
      `Running tcp://${after}:2376`,
    );
    await machine.run('rm', '-y', 'moved-1');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  } finally {
    await cloud.close();
  }
});

test('a guest that does not hear the power button is switched off after --nutanix-stop-timeout', async () => {
  const cloud = await Cloud.start({}, () => ({ ignoresAcpi: true }));
  try {
    const machine = cloud.machine({ NUTANIX_STOP_TIMEOUT: '1' });
    await machine.run('create', '-d', 'nutanix', 'deaf-1');
    const start = performance.now();
    const { code, output } = await machine.attempt('stop', 'deaf-1');
    expect([code, output]).toEqual([
      0,
      expect.stringContaining('did not shut down within 1 s: powering it off'),
    ]);
    expect(performance.now() - start).toBeGreaterThan(1_000);
    expect(await machine.run('status', 'deaf-1')).toBe('Stopped');
    await machine.run('rm', '-y', 'deaf-1');
  } finally {
    await cloud.close();
  }
});
