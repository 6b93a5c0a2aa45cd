import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { describeWithLoops, LoopDevices, run } from '../loop-devices.js';

const CODE = expect.any(String) as string;

describeWithLoops('formatting', () => {
  const loops = new LoopDevices();
  const { node, signal } = loops;
  beforeAll(() => LoopDevices.install('btrfs-progs', 'lvm2', 'fdisk', 'cryptsetup-bin'));
  afterAll(async () => await loops.free());

  test.each(['xfs', 'ext4'] as const)('makes %s on a blank device, once', async (type) => {
    const device = loops.make();
    expect(await node.inspect(device, signal)).toEqual({ kind: 'blank' });
    await node.format(device, type, { label: 'wpdb' }, signal);
    const content = await node.inspect(device, signal);
    expect(content).toEqual({ kind: 'filesystem', type, uuid: CODE });
    expect(run('blkid', '-p', '-o', 'value', '-s', 'LABEL', device).trim()).toBe('wpdb');
    // Another format changes nothing.
    await expect(node.format(device, type, { label: 'other' }, signal)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`it holds the ${type} file system`) as string,
    });
    expect(await node.inspect(device, signal)).toEqual(content);
    if (type === 'xfs') run('xfs_repair', '-n', device);
    else run('fsck.ext4', '-nf', device);
  });

  const write = (device: string, at: number, bytes: Uint8Array): void => {
    const file = openSync(device, 'r+');
    writeSync(file, bytes, 0, bytes.length, at);
    closeSync(file);
  };
  const makers: Readonly<Record<string, [(device: string) => void, RegExp]>> = {
    'xfs of another host': [(device) => run('mkfs.xfs', '-q', device), /xfs file system/],
    ext2: [(device) => run('mke2fs', '-q', '-t', 'ext2', device), /type ext2/],
    ext3: [(device) => run('mke2fs', '-q', '-t', 'ext3', device), /type ext3/],
    btrfs: [(device) => run('mkfs.btrfs', '-q', device), /type btrfs/],
    swap: [(device) => run('mkswap', device), /swap area/],
    'a GPT': [(device) => label(device, 'gpt'), /partition table \(gpt\)/],
    'an MBR': [(device) => label(device, 'dos'), /partition table \(dos\)/],
    'an LVM volume': [(device) => run('pvcreate', '-y', device), /LVM/],
    'an LVM volume, made where a format was killed': [
      (device) => {
        const mark = Buffer.alloc(4096);
        mark.write('nutanix-volume: being formatted');
        write(device, 31 << 20, mark);
        run('pvcreate', '-y', device);
      },
      /LVM/,
    ],
    LUKS: [
      (device) => {
        const options = [
          '--batch-mode',
          '--pbkdf',
          'pbkdf2',
          '--pbkdf-force-iterations',
          '1000',
          '--key-size',
          '256',
        ];
        run('cryptsetup', 'luksFormat', ...options, device, '/etc/hostname');
      },
      /encrypted/,
    ],
    'labels of a ZFS pool': [
      (device) => {
        // Uberblocks: 00bab10c, little endian, one KiB each in the second half of a label of 256 KiB.
        for (let at = 128 << 10; at < 256 << 10; at += 1024)
          write(device, at, Buffer.from('0cb1ba00', 'hex'));
      },
      /ZFS|cannot explain/,
    ],
    'ext4 and xfs, both': [
      (device) => {
        run('mkfs.ext4', '-q', device);
        write(device, 0, Buffer.from('XFSB'));
        run('mkfs.xfs', '-q', '-f', device);
        const other = loops.make(32 << 20);
        run('mkfs.ext4', '-q', other);
        run(
          'dd',
          `if=${other}`,
          `of=${device}`,
          'bs=1024',
          'skip=1',
          'seek=1',
          'count=1',
          'conv=notrunc',
          'status=none',
        );
      },
      /contradict|file system/,
    ],
    'random bytes': [(device) => write(device, 4096, randomBytes(512)), /cannot explain, from byte 4/],
    'one byte at the end': [
      (device) => write(device, (32 << 20) - 1, Buffer.from([1])),
      /from byte 33554431 on/,
    ],
    'ext4 in a disk with a partition table': [
      (device) => {
        label(device, 'dos');
        run('mkfs.ext4', '-q', '-F', device);
        write(device, 510, Buffer.from('55aa', 'hex'));
        write(device, 446, Buffer.from('00202100830e240500080000000800000', 'hex'));
      },
      /partition table|file system/,
    ],
  };
  const label = (device: string, kind: string): void => {
    run('bash', '-c', `echo 'label: ${kind}' | sfdisk -q "$1"`, 'sfdisk', device);
  };

  /** Of both ends, and of how much of the file behind is used: a whole device takes too long to read. */
  const fingerprint = (device: string): string => {
    const ends = ['head', 'tail'].map((end) =>
      run('bash', '-c', `${end} -c 4M "$1" | sha256sum`, end, device),
    );
    return [...ends, statSync(loops.fileOf()).blocks].join();
  };

  /** What other kinds need at least; a small device is read faster. */
  const sizes: Readonly<Record<string, number>> = {
    'xfs of another host': 320 << 20,
    'ext4 and xfs, both': 320 << 20,
    btrfs: 128 << 20,
  };

  test.each(Object.keys(makers))('never touches a device with %s', async (name) => {
    const [make, words] = makers[name] ?? [() => undefined, /never/];
    const device = loops.make(sizes[name] ?? 32 << 20);
    make(device);
    run('sync', device);
    const before = fingerprint(device);
    for (const type of ['xfs', 'ext4'] as const) {
      await expect(node.format(device, type, { label: 'x' }, signal)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(words) as string,
      });
    }
    expect(fingerprint(device)).toBe(before);
  });

  test('refuses what is mounted, too small, gone, or no device; and bad labels', async () => {
    const small = loops.make(64 << 20);
    await expect(node.format(small, 'xfs', { label: 'x' }, signal)).rejects.toMatchObject({
      code: 'invalid-input',
    });
    for (const bad of ['', 'thirteen-char', 'a b', '-L', 'ü']) {
      await expect(node.format(small, 'ext4', { label: bad }, signal)).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining('label') as string,
      });
    }
    expect(await node.inspect(small, signal)).toEqual({ kind: 'blank' });
    await expect(node.inspect('/dev/never-there', signal)).rejects.toMatchObject({ code: 'not-found' });
    await expect(node.inspect(loops.fileOf(), signal)).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
