import { PRESET } from '../../src/simulator/index.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { startProxy, type Proxy } from './connect-proxy.js';

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

  describe('goes through a proxy', () => {
    /** Loopback never goes through a proxy. On Linux this is another name for it, of which no rule knows. */
    const ENDPOINT = '0.0.0.0';
    const PASSWORD = 's@cret/of%the:pröxy';
    const user = `user:${encodeURIComponent(PASSWORD)}`;
    let cloud: Cloud;
    let proxy: Proxy;
    beforeAll(async () => {
      cloud = await Cloud.start();
      proxy = await startProxy('user', PASSWORD);
    });
    afterAll(async () => {
      await proxy.close();
      await cloud.close();
    });
    const create = async (env: Record<string, string>) => {
      const none = {
        HTTPS_PROXY: '',
        https_proxy: '',
        ALL_PROXY: '',
        all_proxy: '',
        NO_PROXY: '',
        no_proxy: '',
      };
      const machine = cloud.machine({ NUTANIX_ENDPOINT: ENDPOINT, ...none, ...env });
      const { output } = await machine.attempt(
        'create',
        '-d',
        'nutanix',
        '--nutanix-vm-image',
        'no-such',
        'p-1',
      );
      return output;
    };
    const SERVED = 'there is no image of that name';

    test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'NUTANIX_PROXY'])(
      'that %s names',
      async (variable) => {
        const before = proxy.requests.length;
        expect(await create({ [variable]: `http://${user}@127.0.0.1:${proxy.port}` })).toContain(SERVED);
        const tunnels = proxy.requests.slice(before);
        expect(tunnels.length).toBeGreaterThan(0);
        expect(new Set(tunnels)).toEqual(new Set([`CONNECT ${ENDPOINT}:${cloud.simulator.port}`]));
      },
    );

    test.each<[string, () => Record<string, string>]>([
      ['its network', () => ({ NO_PROXY: '0.0.0.0/8' })],
      ['its address and port', () => ({ NO_PROXY: `pc.test,${ENDPOINT}:${cloud.simulator.port}` })],
      ['everything', () => ({ NO_PROXY: '10.0.0.0/8, *' })],
      ['nothing, but it is loopback', () => ({ NUTANIX_ENDPOINT: '127.0.0.1' })],
    ])('but not where NO_PROXY says %s', async (_what, exception) => {
      const before = proxy.requests.length;
      const output = await create({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, ...exception() });
      expect(output).toContain(SERVED);
      expect(proxy.requests).toHaveLength(before);
    });

    test('that refuses: it is named, its password is not, and it is asked once', async () => {
      const before = proxy.requests.length;
      const output = await create({ HTTPS_PROXY: `http://user:wrong@127.0.0.1:${proxy.port}` });
      expect(output).toContain(
        `through the proxy http://127.0.0.1:${proxy.port} (HTTPS_PROXY): the proxy refused the user name and ` +
          'password (HTTP 407). Give them in HTTPS_PROXY as http://USER:PASSWORD@',
      );
      expect(output).not.toContain('wrong');
      expect(proxy.requests).toHaveLength(before + 1);
    });

    test('but not a SOCKS proxy: the variable is named', async () => {
      expect(await create({ ALL_PROXY: 'socks5://127.0.0.1:1080' })).toContain(
        'ALL_PROXY names a SOCKS proxy (socks5://), and only HTTP proxies are supported (http:// or https://). ' +
          `Correct ALL_PROXY, or name ${ENDPOINT} in NO_PROXY to connect without a proxy.`,
      );
    });
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
