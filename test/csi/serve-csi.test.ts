import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { CSI_ROLES, serveCsi } from '../../src/csi/index.js';
import { socketPathOf } from '../../src/csi/unix-socket.js';
import { OperationError, silentLogger } from '../../src/support/index.js';
import { CsiClient, serveFolders } from './csi-client.js';
import { FolderVolumes } from './folder-volumes.js';

const folder = mkdtempSync(join(tmpdir(), 'csi-socket-'));
const service = new FolderVolumes();
afterAll(() => {
  service.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const at = (endpoint: string): ReturnType<typeof serveCsi> =>
  serveCsi({
    service: () => Promise.resolve(service),
    role: 'all',
    endpoint,
    version: '1',
    logger: silentLogger,
  });

describe('the identity', () => {
  test.each(CSI_ROLES)('is the same for the role %s, and always ready', async (role) => {
    const served = await serveFolders({ role });
    const calls = served.service.calls.length;
    expect(await served.client.call('GetPluginInfo')).toEqual({
      name: 'nutanix-volume.csi',
      vendorVersion: '1.2.3',
      manifest: {},
    });
    expect(await served.client.call('Probe')).toEqual({ ready: { value: true } });
    const capabilities = await served.client.call('GetPluginCapabilities');
    expect(JSON.stringify(capabilities)).toContain('CONTROLLER_SERVICE');
    expect(served.service.calls).toHaveLength(calls);
    await served.dispose();
  });

  test('is ready though the settings are wrong, which the calls say that need them', async () => {
    const problem = 'clientSecret is missing';
    const served = await serveFolders({
      service: () =>
        Promise.reject(
          new OperationError({ code: 'invalid-input', attempted: 'read the settings', problem }),
        ),
    });
    expect(await served.client.call('Probe')).toEqual({ ready: { value: true } });
    expect(await served.client.call('ControllerGetCapabilities')).toBeDefined();
    for (const call of ['NodeGetInfo', 'ListVolumes', 'GetCapacity']) {
      expect(await served.client.refusal(call)).toEqual({
        code: status.INVALID_ARGUMENT,
        details: 'read the settings: clientSecret is missing',
      });
    }
    await served.dispose();
  });

  test('a role serves its half alone', async () => {
    for (const [role, other] of [
      ['node', 'ControllerGetCapabilities'],
      ['controller', 'NodeGetCapabilities'],
    ] as const) {
      const served = await serveFolders({ role });
      expect(await served.client.refusal(other)).toMatchObject({ code: status.UNIMPLEMENTED });
      await served.dispose();
    }
  });

  test('for Swarm it offers no attaching, and does none for a manager that knows an earlier version', async () => {
    const served = await serveFolders({ role: 'swarm' });
    const offered = JSON.stringify(await served.client.call('ControllerGetCapabilities'));
    expect(offered).toContain('CREATE_DELETE_VOLUME');
    expect(offered).not.toContain('PUBLISH');
    const request = { volumeId: (await served.service.ensure('db', {})).id, nodeId: 'vm/another' };
    const calls = served.service.calls.length;
    expect(await served.client.call('ControllerPublishVolume', request)).toEqual({ publishContext: {} });
    expect(await served.client.call('ControllerUnpublishVolume', request)).toEqual({});
    expect(served.service.calls).toHaveLength(calls);
    expect(await served.client.call('NodeGetCapabilities')).toBeDefined();
    await served.dispose();
  });
});

describe('the socket', () => {
  test.each([
    ['unix:///run/csi.sock', '/run/csi.sock'],
    ['unix:/run/csi.sock', '/run/csi.sock'],
    ['/run/csi.sock', '/run/csi.sock'],
    [`unix:///${'x'.repeat(106)}`, `/${'x'.repeat(106)}`],
  ])('of %s is %s', (endpoint, path) => {
    expect(socketPathOf(endpoint)).toBe(path);
  });

  test.each([
    ['tcp://127.0.0.1:5000', 'must be unix:// and the full path'],
    ['csi.sock', 'must be unix:// and the full path'],
    ['', 'must be unix:// and the full path'],
    [`unix:///${'x'.repeat(107)}`, 'at most 107 bytes'],
    [`unix:///${'ä'.repeat(54)}`, 'at most 107 bytes'],
  ])('cannot be %s', async (endpoint, problem) => {
    await expect(at(endpoint)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(problem) as string,
    });
  });

  test('is made with its folder, for root alone, and is gone afterwards', async () => {
    const path = join(folder, 'a', 'b', 'csi.sock');
    const server = await at(`unix://${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await server.close();
    expect(existsSync(path)).toBe(false);
  });

  test('of a process that was killed is taken over', async () => {
    const path = join(folder, 'stale.sock');
    await abandonedSocket(path);
    expect(statSync(path).isSocket()).toBe(true);
    const server = await at(path);
    const client = new CsiClient(path);
    expect(await client.call('Probe')).toEqual({ ready: { value: true } });
    client.close();
    await server.close();
  });

  test('of a process that lives is left to it', async () => {
    const path = join(folder, 'live.sock');
    const server = await at(path);
    await expect(at(path)).rejects.toMatchObject({ code: 'conflict' });
    const client = new CsiClient(path);
    expect(await client.call('Probe')).toEqual({ ready: { value: true } });
    client.close();
    await server.close();
  });

  test.each(['file', 'folder'])('never takes the place of a %s', async (kind) => {
    const path = join(folder, kind);
    if (kind === 'file') writeFileSync(path, 'precious');
    else mkdirSync(path);
    await expect(at(path)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(existsSync(path)).toBe(true);
  });
});

/** A socket at which nothing listens: Node takes it away when it closes in order, so it is linked under a second name. */
async function abandonedSocket(path: string): Promise<void> {
  const { linkSync } = await import('node:fs');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.first`, resolve));
  linkSync(`${path}.first`, path);
  await new Promise((resolve) => server.close(resolve));
}
