import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveDockerPlugin } from '../../../src/docker-plugin/index.js';
import {
  engineCheck,
  folderCheck,
  kernelCheck,
  portalCheck,
  programsCheck,
  rootCheck,
} from '../../../src/volume-commands/doctor/host-checks.js';
import { silentLogger } from '../../../src/support/index.js';
import { ScriptedService } from '../../docker-plugin/scripted-service.js';

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));
const programs = join(folder, 'sbin');
const proc = join(folder, 'proc');
const plugins = join(folder, 'plugins');
const places = { programs: [programs], proc, plugins };

function program(name: string, text = ''): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(programs, name), 0o755);
}

beforeAll(() => {
  for (const path of [programs, proc]) mkdirSync(path);
});

test('root', () => {
  expect(rootCheck(true)).toMatchObject({ verdict: 'ok' });
  expect(rootCheck(false)).toMatchObject({
    verdict: 'fail',
    advice: 'Run it with sudo: it mounts and formats.',
  });
});

test('programs: those that are missing, and the packages that have them', async () => {
  for (const name of ['blkid', 'mount', 'umount', 'mkfs.ext4', 'e2fsck', 'resize2fs']) program(name);
  expect(await programsCheck(places, false)).toEqual({
    check: 'programs',
    verdict: 'fail',
    found: 'missing: mkfs.xfs, xfs_growfs',
    advice: 'On Debian: apt-get install xfsprogs.',
  });
  for (const name of ['mkfs.xfs', 'xfs_growfs']) program(name);
  expect(await programsCheck(places, false)).toMatchObject({ verdict: 'ok' });
  expect(await programsCheck(places, true)).toMatchObject({
    verdict: 'fail',
    advice: 'On Debian: apt-get install open-iscsi.',
  });
});

test('kernel: in the list of file systems, loaded, or loadable', async () => {
  writeFileSync(join(proc, 'filesystems'), 'nodev\ttmpfs\n\text4\n');
  expect(await kernelCheck(places, false)).toMatchObject({
    verdict: 'fail',
    found: 'neither built in nor loadable: xfs',
    advice: expect.stringContaining('modprobe xfs') as unknown,
  });
  program('modprobe', '[ "$3" = xfs ]');
  expect(await kernelCheck(places, false)).toMatchObject({ verdict: 'ok' });
  expect(await kernelCheck(places, true)).toMatchObject({
    found: 'neither built in nor loadable: iscsi_tcp',
  });
  writeFileSync(join(proc, 'modules'), 'iscsi_tcp 24576 0 - Live 0x0\n');
  expect(await kernelCheck(places, true)).toMatchObject({ verdict: 'ok', found: 'xfs, ext4, iscsi_tcp' });
});

test('folder: made where it is missing; in memory it does not outlive a restart', async () => {
  expect(await folderCheck(join(folder, 'records'))).toMatchObject({ verdict: 'ok' });
  expect(await folderCheck('/dev/shm/doctor-records')).toMatchObject({
    verdict: 'fail',
    found: '/dev/shm/doctor-records is in memory',
    advice: expect.stringContaining('key folder') as unknown,
  });
  rmSync('/dev/shm/doctor-records', { recursive: true });
  writeFileSync(join(folder, 'file'), '');
  expect(await folderCheck(join(folder, 'file', 'records'))).toMatchObject({
    verdict: 'fail',
    found: expect.stringContaining('ENOTDIR') as unknown,
  });
});

test('plugin: no folder, no socket, another process, our own', async () => {
  const socket = join(plugins, 'nutanix.sock');
  expect(await engineCheck(places, socket)).toMatchObject({
    verdict: 'warn',
    found: `there is no folder ${plugins}`,
    advice: expect.stringContaining('systemctl enable --now') as unknown,
  });
  mkdirSync(plugins);
  expect(await engineCheck(places, socket)).toMatchObject({
    verdict: 'warn',
    found: `nothing listens at ${socket}`,
  });
  const plugin = await serveDockerPlugin(
    { path: socket },
    { service: () => Promise.resolve(new ScriptedService()), logger: silentLogger },
  );
  expect(await engineCheck(places, socket)).toMatchObject({ verdict: 'ok', found: `answers at ${socket}` });
  await plugin.close();
  rmSync(socket, { force: true });
  const other = createServer((connection) => connection.end('HTTP/1.1 404 Not Found\r\n\r\n')).listen(socket);
  await once(other, 'listening');
  expect(await engineCheck(places, socket)).toMatchObject({
    verdict: 'fail',
    advice: 'systemctl restart nutanix-volume; volumes stay mounted meanwhile.',
  });
  other.close();
});

test('portal: needed for iSCSI only; reached, refused, or not there', async () => {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const portal = `127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}`;
  expect(await portalCheck(portal, true)).toMatchObject({ verdict: 'ok', found: `${portal} is reached` });
  server.close();
  expect(await portalCheck(portal, true)).toMatchObject({
    verdict: 'fail',
    found: `${portal}: ECONNREFUSED`,
    advice: expect.stringContaining('firewall') as unknown,
  });
  expect(await portalCheck(portal, false)).toMatchObject({ verdict: 'skip' });
  expect(await portalCheck(undefined, true)).toMatchObject({
    verdict: 'fail',
    found: 'the cluster has no iSCSI data services',
  });
  expect(await portalCheck(undefined, false)).toMatchObject({ verdict: 'skip' });
});
