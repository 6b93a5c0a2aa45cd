import { tmpdir } from 'node:os';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostSpec } from '../../src/host/index.js';
import { OperationError } from '../../src/support/index.js';
import { HostSetup, hostSpecIn, NOTHING } from './host-setup.js';

let setup: HostSetup;
beforeEach(() => (setup = new HostSetup()));
afterEach(async () => await setup.dispose());

const prepare = async (spec: HostSpec) => await setup.hosts.prepare(spec, setup.context);
const unknownImage = new OperationError({
  code: 'not-found',
  attempted: 'find image "debian-12"',
  problem: 'no such image',
});

describe('prepare', () => {
  it('fixes placement and identity, and makes nothing', async () => {
    const prepared = await prepare(setup.spec());
    expect(prepared).toMatchObject({
      creationToken: 'key-1-web-1',
      placement: { image: { name: 'debian-12' } },
    });
    expect(setup.leftovers()).toEqual({ vms: 0, reservations: 1, files: [] });
    expect(setup.cloud.calls).toEqual(['resolve', 'issueCreationToken']);
  });

  it('is plain JSON, as it is saved', async () => {
    const prepared = await prepare(setup.spec());
    expect(JSON.parse(JSON.stringify(prepared))).toEqual(JSON.parse(JSON.stringify({ ...prepared })));
    expect(JSON.stringify(prepared)).not.toContain('PRIVATE');
  });

  it('passes the cloud’s warnings on', async () => {
    setup.cloud.warnings = ['The image is old.'];
    await prepare(setup.spec());
    expect(setup.warnings).toEqual(['The image is old.']);
  });

  it('reports one problem as it is', async () => {
    setup.cloud.before('resolve', () => {
      throw unknownImage;
    });
    await expect(prepare(setup.spec())).rejects.toBe(unknownImage);
  });

  it('reports all problems at once, of the request and of the cloud, and reserves nothing', async () => {
    setup.cloud.before('resolve', () => {
      throw unknownImage;
    });
    const { ssh } = setup.spec();
    const spec = setup.spec({
      name: 'web_1',
      userData: '#cloud-config\n- a\n',
      ssh: { ...ssh, generate: false },
    });
    await expect(prepare(spec)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(
        /^prepare host "web_1": \(1\) .*the name "web_1" cannot.*\(2\) .*there is no such file.*\(3\) .*top level.*\(4\) find image "debian-12": no such image$/,
      ) as unknown,
    });
    expect(setup.leftovers()).toEqual(NOTHING);
    expect(setup.cloud.calls).not.toContain('issueCreationToken');
  });

  it('says only that it was ended when it was', async () => {
    const reason = new OperationError({
      code: 'timeout',
      attempted: 'prepare',
      problem: 'not done after 300 s',
    });
    setup.cloud.before('resolve', () => setup.controller.abort(reason));
    await expect(prepare(setup.spec({ name: 'web_1' }))).rejects.toBe(reason);
  });

  it('refuses user-data that is too long with ours, before anything is made', async () => {
    setup.cloud.longestUserData = 700;
    await expect(prepare(setup.spec({ userData: `#!/bin/sh\n# ${'x'.repeat(600)}\n` }))).rejects.toThrow(
      /has \d+ bytes; at most 700 are possible/,
    );
    await expect(prepare(setup.spec())).resolves.toBeDefined();
  });

  it('gives the identity back when it is ended right after, and that error is the one reported', async () => {
    const reason = new OperationError({ code: 'cancelled', attempted: 'prepare', problem: 'stopped' });
    setup.cloud
      .after('issueCreationToken', () => setup.controller.abort(reason))
      .before('remove', () => {
        throw unknownImage;
      });
    await expect(prepare(setup.spec())).rejects.toBe(reason);
    expect(setup.cloud.calls).toContain('remove');
  });

  it('checks an existing key where it will be used', async () => {
    const { ssh } = setup.spec();
    const made = new HostSetup();
    await made.hosts.create(made.spec(), await made.hosts.prepare(made.spec(), made.context), made.context);
    const existingKey = join(made.folder, 'id_rsa');
    chmodSync(existingKey, 0o644);
    // It is copied, so its own mode does not matter.
    await expect(
      prepare(setup.spec({ ssh: { ...ssh, generate: false, existingKey } })),
    ).resolves.toBeDefined();
    await expect(
      prepare(setup.spec({ ssh: { ...ssh, generate: false, keyPath: existingKey } })),
    ).rejects.toThrow('its mode is 0644');
    writeFileSync(existingKey, 'ssh-rsa AAAA\n');
    await expect(prepare(setup.spec({ ssh: { ...ssh, generate: false, existingKey } }))).rejects.toThrow(
      'it is a public key',
    );
    await made.dispose();
  });
});

describe('a request that cannot be right', () => {
  const disks = [
    { sizeGiB: 10, bus: 'scsi' as const },
    { sizeGiB: 20, bus: 'scsi' as const },
  ];
  const base = hostSpecIn(tmpdir());
  const mount = (disk: number, path: string) => ({ disk, path, filesystem: 'ext4' as const });

  it.each<[string, Partial<HostSpec>, string]>([
    ['an underscore in the name', { name: 'web_1' }, 'cannot be a host name'],
    ['a hyphen at the end', { name: 'web-' }, 'cannot be a host name'],
    ['no name', { name: '' }, 'cannot be a host name'],
    ['two dots', { name: 'web..org' }, 'cannot be a host name'],
    ['a long label', { name: 'a'.repeat(64) }, 'at most 63 characters'],
    [
      'a user with a quote',
      { ssh: { ...base.ssh, user: "x'; reboot; '" } },
      'cannot be the name of an SSH user',
    ],
    ['no user', { ssh: { ...base.ssh, user: '' } }, 'cannot be the name of an SSH user'],
    ['port 0', { ssh: { ...base.ssh, port: 0 } }, '0 is not an SSH port'],
    ['port 65536', { ssh: { ...base.ssh, port: 65_536 } }, 'is not an SSH port'],
    ['a network that is none', { addressNetwork: '10.0.0.0/40' }, '"10.0.0.0/40" is not a network'],
    [
      'a static address that is none',
      { placement: { ...base.placement, staticAddresses: ['10.0.0'] } },
      '"10.0.0" is not an IP address',
    ],
    [
      'a static address elsewhere',
      { addressNetwork: '10.0.0.0/8', placement: { ...base.placement, staticAddresses: ['192.168.0.5'] } },
      'none of the static addresses is in the network 10.0.0.0/8',
    ],
    [
      'a disk that is not there',
      { dockerDisk: { disk: 2, filesystem: 'xfs' } },
      'there is no disk 3 for /var/lib/docker',
    ],
    [
      'a disk used twice',
      { dockerDisk: { disk: 0, filesystem: 'xfs' }, mounts: [mount(0, '/data')] },
      'disk 1 is to be mounted twice',
    ],
    [
      'a path used twice',
      { mounts: [mount(0, '/data'), mount(1, '/data')] },
      'two disks are to be mounted at /data',
    ],
    [
      "Docker's path used twice",
      { dockerDisk: { disk: 0, filesystem: 'xfs' }, mounts: [mount(1, '/var/lib/docker')] },
      'two disks are to be mounted at /var/lib/docker',
    ],
    ['a path with a blank', { mounts: [mount(0, '/my data')] }, '"/my data" cannot be a mount point'],
    ['a relative path', { mounts: [mount(0, 'data')] }, 'cannot be a mount point'],
    ['a path that goes up', { mounts: [mount(0, '/data/../etc')] }, 'cannot be a mount point'],
    ['the root', { mounts: [mount(0, '/')] }, 'cannot be a mount point'],
    ['the settings', { mounts: [mount(0, '/etc')] }, 'cannot be a mount point: it holds the settings'],
    [
      "the SSH user's home",
      { ssh: { ...base.ssh, user: 'deploy' }, mounts: [mount(0, '/home/deploy')] },
      'it is the home of the SSH user "deploy"',
    ],
  ])('%s', async (_case, change, problem) => {
    const spec = setup.spec(change);
    await expect(prepare({ ...spec, vm: { ...spec.vm, disks } })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(problem) as unknown,
    });
    expect(setup.leftovers()).toEqual(NOTHING);
  });

  it.each<[string, Partial<HostSpec>]>([
    ['a full name', { name: 'web-1.example.org' }],
    ['capitals and digits', { name: '1Web' }],
    ['mounts below each other', { mounts: [mount(0, '/data'), mount(1, '/data/deep')] }],
    ['IPv6 network', { addressNetwork: 'fd00::/8' }],
  ])('but %s can', async (_case, change) => {
    const spec = setup.spec(change);
    await expect(prepare({ ...spec, vm: { ...spec.vm, disks } })).resolves.toBeDefined();
  });
});
