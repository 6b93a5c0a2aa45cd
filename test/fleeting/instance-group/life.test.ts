import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createInstanceGroup } from '../../../src/fleeting/index.js';
import { openSsh } from '../../../src/guest/ssh-session.js';
import { invalidInput, OperationError, silentLogger } from '../../../src/support/index.js';
import { hasty } from '../../prism/simulated.js';
import { NO_CONNECTOR } from '../no-connector.js';
import { settingsOf } from '../plugin-config/requests.js';
import { context, GroupScene, NOTHING_LEFT, type SceneOptions } from './group-scene.js';

let scene: GroupScene;
afterEach(async () => await scene.close());

const start = async (options?: SceneOptions): Promise<void> => void (scene = await GroupScene.start(options));

describe.each(['v3', 'v4'] as const)('a group on API %s', (api) => {
  test('has instances that are ready after cloud-init, are reached with its key, and are removed', async () => {
    await start({ api, guestFaults: () => ({}) });
    const runner = await scene.process().start();
    expect(await runner.group.increase(2, context())).toBe(2);
    const [first = '', second = ''] = await runner.running(2);
    expect([...scene.vmNames].sort()).toEqual([first, second].sort());

    const { connector, externalAddress, internalAddress, expiresAt } = await runner.group.connectInfo(
      first,
      context(),
    );
    expect(internalAddress).toBe(externalAddress);
    expect(expiresAt).toBe(0);
    const privateKey = new TextDecoder().decode(connector.key);
    const { username: user, protocolPort: port } = connector;
    const ssh = await openSsh({ host: externalAddress, port, user, privateKey }, context().signal);
    if (!ssh.open) throw new Error(ssh.seen);
    expect((await ssh.session.run('hostname; cloud-init status', context().signal)).stdout).toBe(
      `${first}\nstatus: done\n`,
    );
    ssh.session.close();

    expect(await runner.group.decrease([first], context())).toEqual([first]);
    const told = await runner.follow((states) => Object.keys(states).length === 1);
    expect(told[first]?.at(-1)).toBe('deleted');
    expect(told[second]).toEqual(['running']);
    expect(scene.vmNames).toEqual([second]);
    await runner.group.decrease([second], context());
    await runner.follow((states) => Object.keys(states).length === 0);
    expect(scene.left()).toEqual(NOTHING_LEFT);
    expect(runner.warnings).toEqual([]);
  });

  test('tells of an instance as creating until its guest is ready, and takes one back whose guest fails', async () => {
    let made = 0;
    await start({
      api,
      guestFaults: () => ((made += 1) === 2 ? { cloudInit: { error: 'the mirror is down' } } : undefined),
    });
    const runner = await scene.process().start();
    expect(await runner.group.increase(2, context())).toBe(2);
    const told = await runner.follow((states) => Object.values(states).join() === 'running');
    const ends = Object.values(told).map((states) => [states[0], states.at(-1)]);
    expect(ends.sort()).toEqual([
      ['creating', 'deleted'],
      ['creating', 'running'],
    ]);
    expect(scene.vmNames).toEqual(await runner.running(1));
    expect(runner.warnings.join()).toMatch(/ci-\w{8} came to nothing.*the mirror is down/);
  });
});

describe('the key of a group', () => {
  test('is made once, readable by its owner alone, and serves the next process too', async () => {
    await start();
    const first = await scene.process().start();
    const text = readFileSync(scene.settings.keyPath, 'utf8');
    expect(statSync(scene.settings.keyPath).mode & 0o777).toBe(0o600);
    await first.group.shutdown(context());
    await scene.process().start();
    expect(readFileSync(scene.settings.keyPath, 'utf8')).toBe(text);
  });

  test('is in no log line', async () => {
    await start();
    const runner = await scene.process().start();
    await runner.group.increase(1, context());
    await runner.running(1);
    expect(runner.lines.length).toBeGreaterThan(5);
    expect(runner.lines.join()).not.toMatch(/PRIVATE KEY|b3BlbnNzaC/);
  });
});

describe('how an instance is reached', () => {
  const connectionWith = async (change: Partial<typeof NO_CONNECTOR>) => {
    await start();
    const runner = await scene.process().start({ ...NO_CONNECTOR, ...change });
    await runner.group.increase(1, context());
    const [name = ''] = await runner.running(1);
    return (await runner.group.connectInfo(name, context())).connector;
  };

  test('is told with what the runner set itself, which wins', async () => {
    const asked = { arch: 'arm64', username: 'ci', protocolPort: 2222, keepaliveNs: 5n, timeoutNs: 7n };
    const told = await connectionWith(asked);
    expect(told).toMatchObject({ ...asked, os: 'linux', protocol: 'ssh', password: '' });
    expect(new TextDecoder().decode(told.key)).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  });

  test('has no key beside a password of the runner, which would not be used otherwise', async () => {
    const told = await connectionWith({ password: 'of the image', useStaticCredentials: true });
    expect(told).toMatchObject({ password: 'of the image', key: new Uint8Array() });
  });

  test('is not told of one whose guest is not ready, or that there is none of', async () => {
    await start({ guestFaults: () => ({ hangsAtBoot: true }) });
    const { group } = await scene.process().start();
    await group.increase(1, context());
    const [name = ''] = scene.vmNames;
    await expect(group.connectInfo(name, context())).rejects.toMatchObject({ code: 'not-running' });
    await expect(group.connectInfo('ci-other', context())).rejects.toMatchObject({ code: 'not-found' });
    await group.shutdown(context());
    expect(scene.left()).toEqual(NOTHING_LEFT);
  });
});

describe('the rules of the calls', () => {
  test('nothing is answered before Init, and a second Init is refused', async () => {
    await start();
    const { group } = scene.process();
    const update = group.update(() => undefined, context());
    await expect(update).rejects.toMatchObject({ code: 'conflict' });
    await expect(group.increase(1, context())).rejects.toMatchObject({ code: 'conflict' });
    expect(await group.init(new Uint8Array(), NO_CONNECTOR, context())).toEqual({
      id: 'nutanix/ci',
      maxSize: 20,
      version: '1.2.3',
      buildInfo: 'a test',
    });
    await expect(group.init(new Uint8Array(), NO_CONNECTOR, context())).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('credentials that cannot be read are told of in the words of plugin_config, too', async () => {
    await start();
    const { explained } = await settingsOf({});
    const unused = async (): Promise<never> => await Promise.reject(new Error('of no use here'));
    const group = createInstanceGroup({
      ...{ clock: hasty, logger: silentLogger, version: '1.2.3', buildInfo: 'a test' },
      readSettings: async (_config, connector) =>
        await Promise.resolve({ ...scene.settings, connector, explained }),
      openCloud: async () =>
        await Promise.reject(invalidInput('sign in', 'wrong', 'See --nutanix-password.')),
      takeLease: unused,
    });
    const failed = group.init(new Uint8Array(), NO_CONNECTOR, context());
    await expect(failed).rejects.toThrow('sign in: wrong. See password.');
  });

  test('the key of a group is made by the process that has the lease', async () => {
    await start();
    const { keyPath } = scene.settings;
    const refused = scene.process();
    refused.leaseRefusal = new OperationError({
      code: 'conflict',
      attempted: 'take the group',
      problem: 'no',
    });
    await expect(refused.start()).rejects.toMatchObject({ code: 'conflict' });
    expect(existsSync(keyPath)).toBe(false);
    await scene.process().start();
    expect(statSync(keyPath).mode & 0o777).toBe(0o600);
  });

  test('a key that cannot be used gives the lease back, and is named', async () => {
    await start();
    const { keyPath, stateFolder } = scene.settings;
    mkdirSync(stateFolder, { recursive: true });
    writeFileSync(keyPath, 'none');
    const runner = scene.process();
    await expect(runner.start()).rejects.toThrow(`use the SSH key ${keyPath}`);
    expect(runner.leases).toBe(0);
  });

  test('an Init that fails keeps nothing, and may be tried again', async () => {
    await start({ faults: [{ name: 'no', match: { path: '/images/list' }, do: { status: 403 } }] });
    const runner = scene.process();
    await expect(runner.start()).rejects.toMatchObject({ code: 'permission-denied' });
    expect(runner.leases).toBe(0);
    scene.simulator.clearFaults();
    scene.simulator.addFault({ name: 'list', match: { path: '/vms/list' }, do: { status: 403 } });
    await expect(runner.start()).rejects.toMatchObject({ code: 'permission-denied' });
    expect(runner.leases).toBe(0);
    scene.simulator.clearFaults();
    await runner.start();
    expect(runner.leases).toBe(1);
    await runner.group.shutdown(context());
    expect(runner.leases).toBe(0);
    await expect(runner.group.increase(1, context())).rejects.toMatchObject({ code: 'cancelled' });
  });
});
