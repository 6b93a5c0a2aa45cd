import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { started } from '../guest.js';
import { folder, openssh } from './openssh.js';

test('ssh: command, input, status', async () => {
  const { spec } = await started();
  expect(await openssh('ssh', [`root@${spec.address}`, 'cat; exit 4'], 'typed')).toEqual({
    status: 4,
    out: 'typed',
    err: '',
  });
});

test('ssh: a script on the standard input', async () => {
  const { spec } = await started();
  const { out } = await openssh(
    'ssh',
    [`root@${spec.address}`],
    'cd /tmp\nfor i in 1 2\ndo\n  echo $i\ndone\npwd\n',
  );
  expect(out).toBe('1\n2\n/tmp\n');
});

test('ssh: every kind of host key that the guest has', async () => {
  const { spec } = await started();
  for (const kind of ['ssh-ed25519', 'ecdsa-sha2-nistp256']) {
    const { out } = await openssh('ssh', [
      '-o',
      `HostKeyAlgorithms=${kind}`,
      `root@${spec.address}`,
      'echo in',
    ]);
    expect(out).toBe('in\n');
  }
});

test('ssh: the host key is the same after a power cycle', async () => {
  const { backend, guest, spec, told } = await started();
  const known = join(folder, 'known_hosts');
  const login = async () =>
    openssh('ssh', [
      '-o',
      `UserKnownHostsFile=${known}`,
      '-o',
      'StrictHostKeyChecking=accept-new',
      `root@${spec.address}`,
      'true',
    ]);
  expect((await login()).status).toBe(0);
  await guest.powerOff();
  await backend.powerOn(spec, told);
  await backend.system(spec.vmUuid)?.cloudInit.finished(AbortSignal.timeout(120_000));
  expect(await login()).toMatchObject({ status: 0, err: '' });
});

test('sftp: links point the right way', async () => {
  const { spec } = await started();
  const batch = 'ln -s /etc/hostname /tmp/link\nls -l /tmp\n';
  const { status, out } = await openssh('sftp', ['-b', '-', `root@${spec.address}`], batch);
  expect(status).toBe(0);
  expect(out).toMatch(/lrwxrwxrwx .* link -> \/etc\/hostname/);
  expect((await openssh('ssh', [`root@${spec.address}`, 'readlink /tmp/link'])).out).toBe('/etc/hostname\n');
});

describe.each([
  ['by SFTP', []],
  ['by its old protocol', ['-O']],
])('scp %s', (_how, options) => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_unused, index) => index % 251));

  test('a file there and back, byte for byte, with its mode', async () => {
    const { spec } = await started();
    writeFileSync(join(folder, 'there'), bytes, { mode: 0o751 });
    expect(
      (await openssh('scp', [...options, '-p', join(folder, 'there'), `root@${spec.address}:/tmp/x`])).status,
    ).toBe(0);
    expect((await openssh('ssh', [`root@${spec.address}`, 'stat -c "%s %a" /tmp/x'])).out).toBe(
      '300000 751\n',
    );
    expect(
      (await openssh('scp', [...options, `root@${spec.address}:/tmp/x`, join(folder, 'back')])).status,
    ).toBe(0);
    expect(readFileSync(join(folder, 'back')).equals(bytes)).toBe(true);
  });

  test('a folder there and back', async () => {
    const { spec } = await started();
    const tree = join(folder, `tree${options.length}`);
    mkdirSync(join(tree, 'inner'), { recursive: true });
    writeFileSync(join(tree, 'inner', 'file'), 'deep');
    expect((await openssh('scp', [...options, '-r', tree, `root@${spec.address}:copy`])).status).toBe(0);
    expect((await openssh('ssh', [`root@${spec.address}`, 'cat copy/inner/file'])).out).toBe('deep');
    expect(
      (await openssh('scp', [...options, '-r', `root@${spec.address}:copy`, `${tree}-back`])).status,
    ).toBe(0);
    expect(readFileSync(join(`${tree}-back`, 'inner', 'file'), 'utf8')).toBe('deep');
  });

  test('what cannot be written or is not there is told', async () => {
    const { spec } = await started();
    writeFileSync(join(folder, 'small'), 'x');
    const refused = await openssh('scp', [
      ...options,
      join(folder, 'small'),
      `root@${spec.address}:/no/such/place`,
    ]);
    expect(refused.status).toBe(1);
    expect(refused.err).toMatch(/No such file or directory/);
    const absent = await openssh('scp', [...options, `root@${spec.address}:/nope`, folder]);
    expect(absent.status).toBe(1);
    expect(absent.err).toMatch(/No such file or directory/);
  });
});
