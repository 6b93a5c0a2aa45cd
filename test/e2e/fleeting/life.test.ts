import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FleetingHost, HOST_VERSIONS } from '../../interop/fleeting/host.js';
import { Cloud, NOTHING_LEFT } from '../cloud.js';
import { allRunning, GROUP, none, PLUGIN, Runner, updateUntil, withRunning } from './runner.js';

/** GitLab's own host code, and the packaged plugin. */
describe('a group of instances at GitLab Runner', () => {
  let cloud: Cloud;
  let runner: Runner;

  beforeEach(async () => {
    cloud = await Cloud.start();
    runner = new Runner(cloud);
  });
  afterEach(async () => {
    await runner.close();
    await cloud.close();
  });

  describe.each(HOST_VERSIONS)('of the version of %s', (version) => {
    test.each([
      ['as the runner starts it', false],
      ['with AutoMTLS', true],
    ])('a whole life, %s', async (_how, autoMtls) => {
      const host = runner.host({ version });
      await host.start(runner.config, autoMtls);
      const { ID, MaxSize, Version, BuildInfo } = await host.init();
      expect({ ID, MaxSize }).toEqual({ ID: expect.stringContaining(GROUP) as string, MaxSize: 5 });
      expect(Version).toMatch(/^\d+\.\d+\.\d+/);
      expect(BuildInfo).not.toBe('');
      expect(await host.update()).toEqual([]);

      expect(await host.increase(2)).toBe(2);
      const seen = await updateUntil(host, (states) => states.size === 2);
      const [first = '', second = ''] = seen.keys();
      expect([first, second]).toEqual([expect.stringMatching(/^ci-small-[a-z0-9]{8}$/), expect.anything()]);
      await updateUntil(host, allRunning(2));

      const info = await host.connectInfo(first);
      expect(info).toMatchObject({
        connector: { os: 'linux', protocol: 'ssh', username: 'root' },
        id: first,
        expires: null,
      });
      expect(info.external).toBe(info.internal);
      expect(Buffer.from(info.connector.key ?? '', 'base64').toString()).toContain('PRIVATE KEY');
      expect((await host.run(first, 'hostname')).trim()).toBe(first);
      if (version === '2026') await host.heartbeat(first);

      expect(await host.decrease(first)).toEqual([first]);
      expect(await host.decrease(first)).toEqual([first]);
      await updateUntil(host, (states) => states.get(first) === 'deleted');
      const after = await updateUntil(host, () => true);
      expect([...after]).toEqual([[second, 'running']]);
      expect(cloud.vmNames()).toEqual([second]);
      await host.decrease(second);
      await updateUntil(host, none);
      await host.shutdown();
      await host.kill();
      expect(cloud.left()).toEqual(NOTHING_LEFT);
    });
  });

  test('the next start of the runner finds what is running, with the same key', async () => {
    const host = await runner.ready();
    const [id = ''] = await withRunning(host, 1);
    const before = await host.connectInfo(id);
    await host.shutdown();
    await host.kill();
    expect(cloud.vmNames()).toEqual([id]);

    const next = await runner.ready();
    const found = await next.update();
    expect(found).toEqual([{ id, state: expect.stringMatching(/^(creating|running)$/) as string }]);
    await updateUntil(next, allRunning(1));
    expect(await next.connectInfo(id)).toEqual(before);
    expect((await next.run(id, 'hostname')).trim()).toBe(id);
    await empty(next);
  });

  test("connector_config: the runner's own key, user and time limits win", async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = Buffer.from(privateKey.export({ type: 'pkcs1', format: 'pem' })).toString('base64');
    const settings = { username: 'worker', key, use_static_credentials: true, timeout: 7e9, keepalive: 3e9 };
    const host = await runner.ready({}, settings);
    const [id = ''] = await withRunning(host, 1);
    const { connector } = await host.connectInfo(id);
    expect(connector).toMatchObject({ username: 'worker', key, timeout: 7e9, keepalive: 3e9 });
    expect((await host.run(id, 'id -un')).trim()).toBe('worker');
    await empty(host);
  });

  test('all that is wrong with a configuration comes in one error, and nothing is made', async () => {
    const host = await runner.started({
      max_size: 'five',
      vm_imag: 'ubuntu',
      vm_mem: 'much',
      static_ip: ['10.0.0.7'],
    });
    const error = await host.init({ protocol: 'winrm', os: 'windows' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'InvalidArgument' });
    for (const said of [
      'max_size',
      '"vm_imag"',
      'vm_image',
      'vm_mem',
      'protocol must be ssh',
      'os must be linux',
    ])
      expect(String(error)).toContain(said);
    await host.kill();

    const unknown = await runner.started({ vm_image: 'no-such-image', cluster: 'no-such-cluster' });
    const lookUp = await unknown.init().catch((thrown: unknown) => thrown);
    expect(String(lookUp)).toMatch(/no-such-image.*vm_image/s);
    expect(String(lookUp)).toMatch(/no-such-cluster.*cluster/s);
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  /** Removes all instances, and ends the plugin. */
  async function empty(host: FleetingHost): Promise<void> {
    await host.decrease(...(await host.update()).map(({ id }) => id));
    await updateUntil(host, none);
    await host.shutdown();
    await host.kill();
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  }
});

describe('the socket at which the host reaches the plugin', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-socket-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['as the runner starts it', false],
    ['with AutoMTLS', true],
  ])('is for this user alone, and gone with the plugin, %s', async (_how, autoMtls) => {
    const host = new FleetingHost(PLUGIN, { socketFolder: folder });
    await host.start({}, autoMtls);
    const [name = ''] = readdirSync(folder).filter((one) => one.startsWith(`plugin${host.pluginPid}.`));
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await host.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is left when the plugin is killed, and hinders no other', async () => {
    const host = new FleetingHost(PLUGIN, { socketFolder: folder });
    await host.start({});
    process.kill(host.pluginPid, 'SIGKILL');
    await host.close();
    expect(readdirSync(folder)).toHaveLength(1);
    const next = new FleetingHost(PLUGIN, { socketFolder: folder });
    await next.start({});
    await next.close();
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
